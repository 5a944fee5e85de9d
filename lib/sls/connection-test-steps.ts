/** The steps of the connection test, in their order. Each step needs the one before. Free of Node.js, for dialogs. */
export const CONNECTION_TEST_STEPS = ['name', 'port', 'tls', 'access-key', 'logstore'] as const

export type ConnectionTestStep = (typeof CONNECTION_TEST_STEPS)[number]
