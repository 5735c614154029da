// What a user of this central system can have sent over OCPP 1.6: an interface of its own, whose
// names are not those of the specification.

const now = () => new Date().toISOString();
const later = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
let numbers = 0;
const lists = new Map();

// Leaves out what was not given.
function given(payload) {
    return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
}

function profile(wish, transactionId) {
    return given({
        chargingProfileId: wish.id,
        transactionId,
        stackLevel: wish.level,
        chargingProfilePurpose: wish.purpose,
        chargingProfileKind: wish.kind,
        validFrom: wish.bounded ? now() : undefined,
        validTo: wish.bounded ? later(wish.seconds) : undefined,
        chargingSchedule: given({
            duration: wish.seconds,
            startSchedule: wish.kind === 'Absolute' ? now() : undefined,
            chargingRateUnit: wish.unit,
            chargingSchedulePeriod: [
                given({ startPeriod: 0, limit: wish.limit, numberPhases: wish.phases }),
            ],
        }),
    });
}

function list(order, identity, info) {
    const version = (lists.get(identity) ?? 0) + 1;
    lists.set(identity, version);
    return {
        listVersion: version,
        updateType: order.whole ? 'Full' : 'Differential',
        localAuthorizationList: [
            ...(order.add ?? []).map((idTag) => ({ idTag, idTagInfo: info(idTag) })),
            ...(order.remove ?? []).map((idTag) => ({ idTag })),
        ],
    };
}

const retried = (order) => ({ retries: order.attempts, retryInterval: order.pause });

// {verb: [action, payload of the order]}
export const ORDERS = {
    start: [
        'RemoteStartTransaction',
        (o) => ({
            connectorId: o.socket,
            idTag: o.tag,
            chargingProfile: o.plan && profile(o.plan),
        }),
    ],
    stop: ['RemoteStopTransaction', (o) => ({ transactionId: o.session })],
    unlock: ['UnlockConnector', (o) => ({ connectorId: o.socket })],
    reset: ['Reset', (o) => ({ type: o.hard ? 'Hard' : 'Soft' })],
    availability: [
        'ChangeAvailability',
        (o) => ({ connectorId: o.socket, type: o.open ? 'Operative' : 'Inoperative' }),
    ],
    settings: ['GetConfiguration', (o) => ({ key: o.names })],
    setting: ['ChangeConfiguration', (o) => ({ key: o.name, value: o.value })],
    'forget-tags': ['ClearCache', () => ({})],
    data: ['DataTransfer', (o) => ({ vendorId: o.vendor, messageId: o.subject, data: o.text })],
    trigger: ['TriggerMessage', (o) => ({ requestedMessage: o.what, connectorId: o.socket })],
    'list-version': ['GetLocalListVersion', () => ({})],
    list: ['SendLocalList', list],
    reserve: [
        'ReserveNow',
        (o) => ({
            connectorId: o.socket,
            expiryDate: later(o.seconds),
            idTag: o.tag,
            parentIdTag: o.family,
            reservationId: ++numbers,
        }),
    ],
    'cancel-reservation': ['CancelReservation', (o) => ({ reservationId: o.reservation })],
    plan: [
        'SetChargingProfile',
        (o) => ({ connectorId: o.socket, csChargingProfiles: profile(o.plan, o.session) }),
    ],
    'clear-plans': [
        'ClearChargingProfile',
        (o) => ({
            id: o.plan,
            connectorId: o.socket,
            chargingProfilePurpose: o.purpose,
            stackLevel: o.level,
        }),
    ],
    schedule: [
        'GetCompositeSchedule',
        (o) => ({ connectorId: o.socket, duration: o.seconds, chargingRateUnit: o.unit }),
    ],
    firmware: [
        'UpdateFirmware',
        (o) => ({ location: o.from, retrieveDate: o.at, ...retried(o) }),
    ],
    diagnostics: [
        'GetDiagnostics',
        (o) => ({ location: o.to, startTime: o.since, stopTime: o.until, ...retried(o) }),
    ],
};

// Returns the action and the payload that an order is for, or nothing for an unknown verb.
export function request(verb, order, identity, info) {
    const [action, payload] = ORDERS[verb] ?? [];
    return action && { action, payload: given(payload(order, identity, info)) };
}
