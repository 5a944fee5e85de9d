import { integrationTests } from '../integration'
import { apacheKafka } from '../../tools/shared/broker'

integrationTests(apacheKafka)
