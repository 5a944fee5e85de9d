import type { Service } from '../../tools/shared/broker'
import { everyLineArrivesOnce } from './every-line'
import { commitsNotTooSoon } from './commit-promise'
import { removesItsStaleMember } from './stale-member'
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
    removesItsStaleMember(service)
  })
}
