import { integrationTests } from '../integration'
import { apacheKafka } from '../support/broker'

integrationTests(apacheKafka)
