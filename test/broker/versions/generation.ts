import { everyLineArrivesOnce } from '../../integration/every-line'
import { removesItsStaleMember } from '../../integration/stale-member'
import { startsWhereItIsTold } from '../../integration/start-from'
import { steersWhatReads } from '../../integration/steering'
import type { Api } from '../../../lib/kafka/protocol'
import type { KafkaVersion } from '../../../tools/shared/apache-kafka/releases'
import { apacheKafkaOf } from '../../../tools/shared/broker'
import { describeInFull } from '../full'
import { speaksTheseVersions } from './protocol-versions'
import { sharesAGroup } from './shared-group'

/** What has to hold on another generation of Apache Kafka: the flows that use every API. */
export function worksOn(version: KafkaVersion, apis: Readonly<Record<Api, number>>): void {
  const service = apacheKafkaOf(version)
  describeInFull(`sls-kafka-in on ${service.name}`, () => {
    speaksTheseVersions(service, apis)
    everyLineArrivesOnce(service)
    startsWhereItIsTold(service)
    steersWhatReads(service)
    removesItsStaleMember(service)
    sharesAGroup(service)
  })
}
