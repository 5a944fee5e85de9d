export * from '../../emulator/process'
