export { default } from './runtime/register'
