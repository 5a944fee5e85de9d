export type Language = 'en-US' | 'zh-CN'

/** The language that an option wants, else that of the environment by the rules of POSIX. */
export function languageOf(
  wanted: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment
  const locale = wanted ?? [LC_ALL, LC_MESSAGES, LANG].find((value) => value) ?? ''
  return locale.startsWith('zh') ? 'zh-CN' : 'en-US'
}
