import type { Service } from '../support/broker'
import { everyLineArrivesOnce } from './every-line'
import { commitsNotTooSoon } from './commit-promise'
import { ghostCostsNothing } from './ghost'
import { redeployKeepsEveryRecord } from './redeploy'
import { startsWhereItIsTold } from './start-from'
import { steersWhatReads } from './steering'

/** What has to hold on every service: a real Node-RED process reads with a deployed flow. */
export function integrationTests(service: Service): void {
  describe(`sls-kafka-in on ${service.name}`, () => {
    everyLineArrivesOnce(service)
    redeployKeepsEveryRecord(service)
    startsWhereItIsTold(service)
    steersWhatReads(service)
    commitsNotTooSoon(service)
    ghostCostsNothing(service)
  })
}
