/**
 * Record batches of other implementations: what they compressed is what ours has to read.
 *
 * `java`: by kafka-clients 3.9.2 with snappy-java 1.1.10.5, lz4-java 1.8.0 and zstd-jni 1.5.6-4:
 *
 *     MemoryRecords.withRecords(MAGIC_VALUE_V2, BASE_OFFSET, Compression.of(codec).build(), CREATE_TIME, records)
 *
 * `librdkafka`: by kcat 1.7.1 (librdkafka 2.0.2), `kcat -P -z <codec>`, taken from its Produce request,
 * with the same base offset put in.
 */
export type Codec = 'gzip' | 'snappy' | 'lz4' | 'zstd'
export type Producer = 'java' | 'librdkafka'

export const CODECS: readonly Codec[] = ['gzip', 'snappy', 'lz4', 'zstd']
export const PRODUCERS: readonly Producer[] = ['java', 'librdkafka']

export const BASE_OFFSET = 4_587_520_000_000_000_000n

/** The values of the records of each batch. */
export const LINES: readonly string[] = Array.from(
  { length: 12 },
  (_, index) => `line ${index} of 12, 日志 ${'abc'.repeat(index)}`,
)

export function compressedBatch(producer: Producer, codec: Codec): Buffer {
  return Buffer.from(BATCHES[producer][codec].join(''), 'base64')
}

const JAVA = {
  gzip: [
    'P6olImAAAAAAAADy/////wK+SVFqAAEAAAALAAABogLEil4AAAGiAsSKaf//////////////////AAAADB+L',
    'CAAAAAAAAP+N0bEKgnAUxeFzQyRERESc/3M0qJUVNDk5OTk5WZEUiC1NvYhP0HP0NPUcca9bmTqf7zedCADN',
    'qkt9Ur66lioI5+rdPF7PRmGHyYR82YKvbX84IoamUSRz+DuzSKDrtBOx6BSMUkynFAta/kPsMhgGJeJWPY5p',
    'DtOkVGjUT1kXsCzKRK8HNQclbJtyCTZjAm4qOA4V0mxHNpzd4Lp0bi/4/qen4/QOz6O6TTvuG6g/e1e9gxgC',
    'AAA=',
  ],
  snappy: [
    'P6olImAAAAAAAAEk/////wJPLsBrAAIAAAALAAABogLEil4AAAGiAsSKaf//////////////////AAAADIJT',
    'TkFQUFkAAAAAAQAAAAEAAADfmASINgAAAAEqbGluZSAwIG9mIDEyLCDml6Xlv5cgADwAAgIBMGwBHAAxOhwA',
    'JGFiYwBCAAQEATYFOwAyRh8AASIUSAAGBgE8BSIAM1IiAAElFE4ACAgBQgUlADReJQABKBRUAAoKAUgFKAA1',
    'aigAASsUWgAMDAFOBSsANnYrAAEuFGAADg4BVAUuADeCLgABMRRmABAQAVoFMQA4jjEAATQUbAASEgFgBTQA',
    'OZo0AAE3FHQAFBQBaAU3ADE+oAEEYWIBI14GABgAegAWFgFuCTtKvwFeOAAYYWJjYWJjAA==',
  ],
  lz4: [
    'P6olImAAAAAAAAEe/////wI4bAECAAMAAAALAAABogLEil4AAAGiAsSKaf//////////////////AAAADAQi',
    'TRhgQILeAAAA8RM2AAAAASpsaW5lIDAgb2YgMTIsIOaXpeW/lyAAPAACAgEwHAAbMRwAoWFiYwBCAAQEATYf',
    'AB4yHwAAIgBhSAAGBgE8IgAfMyIAAgAlAGFOAAgIAUIlAB80JQAFACgAYVQACgoBSCgAHzUoAAgAKwBhWgAM',
    'DAFOKwAfNisACwAuAGFgAA4OAVQuAB83LgAOADEAYWYAEBABWjEAHzgxABEANABhbAASEgFgNAAfOTQAFAA3',
    'AGF0ABQUAWg3AC8xMDgAFwA7AGJ6ABYWAW47AA+/AQAPAwAHUGNhYmMAAAAAAA==',
  ],
  zstd: [
    'P6olImAAAAAAAAD4/////wLK5MGzAAQAAAALAAABogLEil4AAAGiAsSKaf//////////////////AAAADCi1',
    'L/0AWNwFAFKJICWQRx3vrn8nn/rP48RE/oqgFMDzzjtjfCQEsvAzomvYxjJusDIFb94I5jS98eaNiZSkM968',
    'hy6j6N+b18AlBN178xa2fJ53b15LS8c59+YlZNk03968AywZ5tqbV3Dlsjx781ZWKsqxN2+kMkl+XcMHxBFG',
    'NFBF9RZKKQJUfID8bwUXAAIjvMKMHs7owqvVhUC5VwkYkEuVgGDcqAQE4jolIAh3KQEBuEgJCP4W1SLwK1SL',
    'oK++nU8BAAA=',
  ],
}

const LIBRDKAFKA = {
  gzip: [
    'P6olImAAAAAAAADtAAAAAAI0l/LnAAEAAAALAAABogN9VJUAAAGiA31Ulf//////////////////AAAADB+L',
    'CAAAAAAAAAON0bEKgmAYheFzIiIiIiKa/zka1MoKnJycnJycrEgKxJambsQr6Dq6mrqO+D43M3M+zzsdFwDn',
    '2SU/GctcU2M7C/MuHq9nYeABHVq62ZVtfzjCB7p0dXa+ZxEB0KOnYlkrBIVAn76i1S8kLgIGDNStG5zQGBgy',
    'VOo2U9EJMGKkevNXS5ACY8YabNsE0mTAhIk2u5aNZDdgynN5QfWfhk7SOzBjXqY19/2pP0Vbn4YYAgAA',
  ],
  snappy: [
    'P6olImAAAAAAAAEQAAAAAAKmFkwrAAIAAAALAAABogN9VOEAAAGiA31U4f//////////////////AAAADJgE',
    'iDYAAAABKmxpbmUgMCBvZiAxMiwg5pel5b+XIAA8AAACATBsARwAMTocACRhYmMAQgAABAE2BTsAMkYfAAEi',
    'FEgAAAYBPAUiADNSIgABJRROAAAIAUIFJQA0XiUAASgUVAAACgFIBSgANWooAAErFFoAAAwBTgUrADZ2KwAB',
    'LhRgAAAOAVQFLgA3gi4AATEUZgAAEAFaBTEAOI4xAAE0FGwAABIBYAU0ADmaNAABNxR0AAAUAWgFNwAxPqAB',
    'BGFiASNeBgAYAHoAABYBbgk7Sr8BXjgAGGFiY2FiYwA=',
  ],
  lz4: [
    'P6olImAAAAAAAAEeAAAAAALHXBXYAAMAAAALAAABogN9VSEAAAGiA31VIf//////////////////AAAADAQi',
    'TRhgQILeAAAA8RM2AAAAASpsaW5lIDAgb2YgMTIsIOaXpeW/lyAAPAAAAgEwHAAbMRwAoWFiYwBCAAAEATYf',
    'AB4yHwAAIgBhSAAABgE8IgAfMyIAAgAlAGFOAAAIAUIlAB80JQAFACgAYVQAAAoBSCgAHzUoAAgAKwBhWgAA',
    'DAFOKwAfNisACwAuAGFgAAAOAVQuAB83LgAOADEAYWYAABABWjEAHzgxABEANABhbAAAEgFgNAAfOTQAFAA3',
    'AGF0AAAUAWg3AC8xMDgAFwA7AGJ6AAAWAW47AA+/AQAPAwAHUGNhYmMAAAAAAA==',
  ],
  zstd: [
    'P6olImAAAAAAAADwAAAAAALwqJzmAAQAAAALAAABogN9VVoAAAGiA31VWv//////////////////AAAADCi1',
    'L/0AWLUFAFJJHydwVdMYTP/PVf16/X/+PXQyR0CKvWpVreoISx22s9F9//////99mQKv5tNw8ZlX81VQ8ZhX',
    'c3Jh4rNXU2Ih4rFXM1Lh4a9XE6LQ8NarCZmw8NWr+ZCQ8NSr6Yhw8NOr+UAoeOnVfA4GPtptGwDNFuAaz3PY',
    'xTmOolkyBv5QFwACI7zCjB7O6MKr1YVAuVcJGJBLlYBg3KgEBOI6JSAIdykBAbhICQj+FtUi8CtUi6Cvvp1P',
  ],
}

const BATCHES: Readonly<Record<Producer, Readonly<Record<Codec, readonly string[]>>>> = {
  java: JAVA,
  librdkafka: LIBRDKAFKA,
}
