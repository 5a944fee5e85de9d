import { defaultPort, parseEndpoint } from '../../../lib/sls/endpoint'
import {
  endpointOf,
  findRegions,
  readEndpoint,
  REGIONS,
  type Network,
  type Region,
} from '../../../lib/sls/regions'
import { element } from '../../shared/editor/dialog'
import type { EditorRED, JQuery, JQueryElement } from '../../shared/editor/editor-red'
import { regionText } from '../../shared/editor/texts'
import { fill, inputOf, typed, typedEndpoint } from './form'

declare const RED: EditorRED
declare const $: JQuery

const NETWORKS = ['public', 'intranet'] as const

/**
 * Prepares the endpoint field, which finds regions by id and name, or takes an endpoint. Also prepares the choice of
 * the network, and shows the resulting address.
 */
export function prepareEndpointPicker(): void {
  const input = $(inputOf('endpoint'))
  // With a length of 0, Shift+Tab into the empty field would open the list, and Tab would choose an item.
  const minLength = 1
  let isBrowsing = false
  input.autoComplete({
    minLength,
    search: (text) => (isBrowsing ? chosenFirst() : offered(text)).map(choiceOf),
  })
  const browse = (): void => {
    inputOf('endpoint').focus()
    isBrowsing = true
    input.autoComplete('option', 'minLength', 0)
    input.trigger('keyup')
    input.autoComplete('option', 'minLength', minLength)
    isBrowsing = false
  }
  element('sls-project-regions').addEventListener('click', browse)
  inputOf('endpoint').addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' && offered(typed('endpoint')).length === 0) browse()
  })
  // The widget listens only to keys. Chinese text arrives through an input method or by pasting.
  inputOf('endpoint').addEventListener('input', () => {
    input.trigger('keyup')
  })
  input.on('change', fillSoleRegion)

  for (const network of NETWORKS) {
    element(`sls-project-${network}`).addEventListener('change', () => {
      chooseNetwork(network)
    })
  }
  for (const field of ['project', 'endpoint', 'port', 'bootstrap'] as const) {
    $(inputOf(field)).on('change keyup paste', showAddress)
  }
  showAddress()
}

/** Fills in the endpoint if exactly one region matches the typed text. */
function fillSoleRegion(): void {
  const text = typed('endpoint')
  const [region, ...more] = text === '' || text.includes('.') ? [] : findRegions(text)
  if (region && more.length === 0) fill('endpoint', endpointOf(region.id, chosenNetwork()))
}

function offered(text: string): readonly Region[] {
  return text.trim() === '' || parseEndpoint(text)?.host.includes('.') ? [] : findRegions(text)
}

function chosenFirst(): Region[] {
  const chosen = readEndpoint(typed('endpoint'))?.region
  return [...REGIONS].sort((a, b) => Number(b.id === chosen) - Number(a.id === chosen))
}

function choiceOf(region: Region): { value: string; label: JQueryElement } {
  const label = document.createElement('div')
  label.className = 'sls-project-region'
  for (const text of [nameOf(region), region.id]) {
    label.appendChild(document.createElement('span')).textContent = text
  }
  return { value: endpointOf(region.id, chosenNetwork()), label: $(label) }
}

function nameOf(region: Region): string {
  return RED.i18n.lang().startsWith('zh') ? region.zh : region.en
}

function chosenNetwork(): Network {
  const isIntranet = (element('sls-project-intranet') as HTMLInputElement).checked
  return isIntranet ? 'intranet' : 'public'
}

/** Sets the network of the endpoint. Clears the port, because a typed port belongs to the other network. */
function chooseNetwork(network: Network): void {
  const region = readEndpoint(hostOfEndpoint())?.region
  if (region) fill('endpoint', endpointOf(region, network))
  fill('port', '')
}

/** The host of the endpoint without scheme, project and port. */
function hostOfEndpoint(): string {
  const host = typedEndpoint()?.host ?? ''
  return host.slice(host.indexOf('.') + 1)
}

function showAddress(): void {
  const address = typed('endpoint') ? typedEndpoint() : null
  const endpoint = hostOfEndpoint()
  const read = address ? readEndpoint(endpoint) : null
  const region = REGIONS.find(({ id }) => id === read?.region)
  element('sls-project-address').textContent = address ? `${address.host}:${address.port}` : '–'
  element('sls-project-region-name').textContent = region ? nameOf(region) : regionText(endpoint)
  inputOf('port').placeholder = String(defaultPort(endpoint))
  for (const network of NETWORKS) {
    const radio = element(`sls-project-${network}`) as HTMLInputElement
    if (read) radio.checked = read.network === network
    // The network of a custom endpoint is unknown.
    radio.disabled = address !== null && !read
  }
}
