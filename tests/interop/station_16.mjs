// An OCPP 1.6 charge point with two connectors and all feature profiles, written on ocpp-rpc.

import { announce, run, serve, stationContract } from './control.mjs';
import { fetched, uploaded, versionOf } from './files_16.mjs';
import { Link } from './link.mjs';
import { Plans } from './plans_16.mjs';
import { Settings } from './settings_16.mjs';
import { Tokens } from './tokens_16.mjs';

const stamp = (when = new Date()) => when.toISOString();
const REQUESTS = [
    ...['CancelReservation', 'ChangeAvailability', 'ChangeConfiguration', 'ClearCache'],
    ...['ClearChargingProfile', 'DataTransfer', 'GetCompositeSchedule', 'GetConfiguration'],
    ...['GetDiagnostics', 'UpdateFirmware', 'GetLocalListVersion', 'RemoteStartTransaction', 'RemoteStopTransaction', 'ReserveNow'],
    ...['Reset', 'SendLocalList', 'SetChargingProfile', 'TriggerMessage', 'UnlockConnector'],
];

class Connector {
    constructor(id) {
        Object.assign(this, { id, operative: true, status: 'Available', work: Promise.resolve() });
        Object.assign(this, { cable: false, ev: false, faulted: false });
    }

    get charging() {
        return this.session !== undefined;
    }

    // The number of the transaction, once the central system has given it one.
    get transaction() {
        return this.session?.id;
    }

    get free() {
        return this.idTag === undefined && !this.charging && this.operative && !this.faulted;
    }
}

class ChargePoint {
    constructor() {
        this.settings = new Settings();
        this.tokens = new Tokens(this.settings);
        this.plans = new Plans();
        this.connectors = [new Connector(1), new Connector(2)];
        this.meter = 0;
        this.version = '1.0';
        this.operative = true;
    }

    async powerOn() {
        this.accepted = false;
        this.outbox = Promise.resolve();
        for (const connector of this.connectors) {
            Object.assign(connector, { idTag: undefined, work: Promise.resolve() });
        }
        this.link = new Link(this.url, 'CP01', 'ocpp1.6');
        for (const action of REQUESTS) {
            this.link.handle(action, (params) => this[action](params));
        }
        this.link.ping(this.settings.number('WebSocketPingInterval'));
        await this.link.open();
        await this.boot();
        this.link.client.on('open', () => run(this.backOnline()));
    }

    // After a time without a connection the last status of each connector is told (4.9).
    async backOnline() {
        for (const connector of this.connectors.filter((c) => c.untold)) {
            await this.status(connector, connector.status, connector.told);
        }
    }

    // Sends what is about a transaction, one message after the other, however long that takes.
    post(action, payload) {
        const sent = this.outbox.then(async () =>
            this.link.insist(action, await payload(), {
                attempts: this.settings.number('TransactionMessageAttempts'),
                interval: this.settings.number('TransactionMessageRetryInterval'),
            }),
        );
        this.outbox = sent.catch(() => {});
        return sent;
    }

    async boot() {
        const { link } = this;
        for (;;) {
            const answer = await this.sendBoot(Infinity);
            if (answer.interval > 0) {
                this.settings.values.HeartbeatInterval = String(answer.interval);
            }
            if (answer.status === 'Accepted') break;
            await link.wait(answer.interval || 60);
        }
        this.accepted = true;
        for (const connector of this.connectors) await this.afterPowerCut(connector);
        await this.tell({ id: 0 }, this.operative ? 'Available' : 'Unavailable');
        for (const connector of this.connectors) await this.status(connector, this.resting(connector));
        this.beat();
        this.align();
        if (this.installing) await this.tellFirmware('Installed');
        this.installing = false;
    }

    sendBoot(attempts = 1) {
        const about = { chargePointVendor: 'Plain', chargePointModel: 'Sixteen' };
        const boot = { ...about, firmwareVersion: this.version };
        return this.link.insist('BootNotification', boot, { attempts, interval: 1 });
    }

    // A transaction that a power cut has ended is reported afterwards (section 4.10).
    async afterPowerCut(connector) {
        if (!connector.charging) return;
        const { transaction: transactionId } = connector;
        connector.session = undefined;
        this.plans.ended(connector.id);
        if (transactionId === undefined) return;
        await this.link.call('StopTransaction', {
            ...{ transactionId, meterStop: this.meter, timestamp: stamp(), reason: 'PowerLoss' },
        });
    }

    // What a connector is when nobody charges there.
    resting(connector) {
        if (connector.faulted) return 'Faulted';
        if (!connector.operative) return 'Unavailable';
        if (connector.cable) return 'Preparing';
        return connector.reservation ? 'Reserved' : 'Available';
    }

    async status(connector, status, more = {}) {
        Object.assign(connector, { status, told: more, untold: !this.online });
        if (this.online) await this.tell(connector, status, more);
    }

    tell(connector, status, more = {}) {
        return this.link.call('StatusNotification', {
            ...{ connectorId: connector.id, errorCode: 'NoError', status, timestamp: stamp() },
            ...more,
        });
    }

    beat() {
        clearInterval(this.heart);
        const interval = this.settings.number('HeartbeatInterval');
        if (!interval) return;
        this.heart = this.link.every(interval, () => {
            if (this.online) run(this.link.call('Heartbeat', {}));
        });
    }

    // Meter values

    align() {
        clearTimeout(this.clock);
        const interval = this.settings.number('ClockAlignedDataInterval');
        if (!interval) return;
        const now = new Date();
        const midnight = new Date(now).setHours(0, 0, 0, 0);
        const next = interval - (((now - midnight) / 1000) % interval);
        this.clock = setTimeout(() => {
            for (const { id } of this.connectors) run(this.sample(id, 'Sample.Clock', 'MeterValuesAlignedData'));
            this.align();
        }, next * 1000 + 1);
        this.link.power.signal.addEventListener('abort', () => clearTimeout(this.clock));
    }

    async sample(connectorId, context, key) {
        const measurands = this.settings.measurands(key);
        if (!measurands.length) return;
        const { session } = this.connectors[connectorId - 1];
        if (session !== undefined) this.meter += 1;
        if (session === undefined && !this.online) return;
        const sampledValue = this.values(measurands, context);
        const meterValue = [{ timestamp: stamp(), sampledValue }];
        await this.post('MeterValues', () => ({
            ...{ connectorId, meterValue },
            ...(session === undefined ? {} : { transactionId: session.id }),
        }));
    }

    values(measurands, context) {
        const units = { E: 'Wh', P: 'W', C: 'A' };
        return measurands.map((name) => {
            const measurand = name.trim();
            const value = measurand[0] === 'E' ? this.meter : 0;
            return { value: String(value), context, measurand, unit: units[measurand[0]] };
        });
    }

    // Authorization

    get online() {
        return this.link.online;
    }

    // Returns the idTagInfo of a token, from here or from the central system.
    async info(idTag) {
        const known = this.tokens.known(idTag);
        if (known?.status === 'Accepted' && this.settings.flag('LocalPreAuthorize')) return known;
        if (!this.online) {
            if (known && this.settings.flag('LocalAuthorizeOffline')) return known;
            const anyone = this.settings.flag('AllowOfflineTxForUnknownId');
            return { status: anyone && !known ? 'Accepted' : 'Invalid' };
        }
        const { idTagInfo } = await this.link.call('Authorize', { idTag });
        this.tokens.learn(idTag, idTagInfo);
        return idTagInfo;
    }

    async authorize(connector, idTag, profile) {
        const info = await this.info(idTag);
        if (info.status !== 'Accepted') {
            connector.idTag = undefined;
            return;
        }
        await this.authorized(connector, idTag, profile, info);
    }

    async authorized(connector, idTag, profile, info = {}) {
        const { reservation } = connector;
        const mine = (r) => r.idTag === idTag || (r.parent && r.parent === info.parentIdTag);
        if (reservation && !mine(reservation)) {
            connector.idTag = undefined;
            return;
        }
        Object.assign(connector, { idTag, profile, parent: info.parentIdTag });
        if (!connector.cable || reservation) await this.status(connector, 'Preparing');
        if (connector.cable) return this.start(connector);
        const visit = (connector.visit = {});
        this.link.later(this.settings.number('ConnectionTimeOut'), () => {
            if (connector.cable || connector.visit !== visit || !connector.idTag) return;
            connector.idTag = undefined;
            this.begin(connector, () => this.status(connector, this.resting(connector)));
        });
    }

    // A transaction

    async start(connector, since = new Date()) {
        const { reservation, profile, id, idTag } = connector;
        connector.reservation = connector.profile = undefined;
        if (profile) this.plans.install(id, profile);
        const session = (connector.session = {});
        const payload = {
            ...{ connectorId: id, idTag, meterStart: this.meter, timestamp: stamp(since) },
            ...(reservation ? { reservationId: reservation.id } : {}),
        };
        connector.started = since;
        const answered = this.post('StartTransaction', () => payload).then((answer) => {
            session.id = answer.transactionId;
            this.tokens.learn(idTag, answer.idTagInfo);
            return answer.idTagInfo.status;
        });
        this.meterOf(connector, session);
        if (this.online) return this.begun(connector, session, await answered);
        await this.status(connector, 'Charging');
        run(
            answered.then((status) => {
                const late = () => this.begun(connector, session, status);
                if (status !== 'Accepted') this.begin(connector, late);
            }),
        );
    }

    // What follows from the answer to StartTransaction.
    async begun(connector, session, status) {
        if (connector.session !== session) return;
        const refused = status !== 'Accepted';
        if (refused && this.settings.flag('StopTransactionOnInvalidId'))
            return this.stop(connector, 'DeAuthorized');
        await this.status(connector, refused ? 'SuspendedEVSE' : 'Charging');
    }

    meterOf(connector, session) {
        const interval = this.settings.number('MeterValueSampleInterval');
        if (!interval) return;
        const work = () => run(this.sample(connector.id, 'Sample.Periodic', 'MeterValuesSampledData'));
        connector.meter = session.meter = this.link.every(interval, work);
    }

    async stop(connector, reason, idTag) {
        if (!connector.charging) return;
        const { session } = connector;
        clearInterval(connector.meter);
        connector.session = connector.idTag = undefined;
        this.plans.ended(connector.id);
        this.meter += 10;
        const ended = { meterStop: this.meter, timestamp: stamp(), reason };
        const payload = () => ({ transactionId: session.id, ...ended, ...(idTag ? { idTag } : {}) });
        const sent = this.post('StopTransaction', payload);
        if (this.online) await sent;
        else run(sent);
        await this.status(connector, connector.cable ? 'Finishing' : this.resting(connector));
        if (connector.later === undefined) return;
        connector.operative = connector.later;
        connector.later = undefined;
        if (!connector.operative) await this.status(connector, 'Unavailable');
    }

    // What the operator does

    plugIn(id, _, query) {
        const connector = this.connectors[id - 1];
        this.begin(connector, async () => {
            if (query.get('halfway') === 'true') {
                connector.idTag = undefined;
                return this.status(connector, 'Faulted', { errorCode: 'ConnectorLockFailure' });
            }
            connector.cable = connector.ev = true;
            if (connector.charging) await this.status(connector, 'Charging');
            else if (connector.idTag) await this.start(connector);
            // Who comes for a reservation shows with the token (4.9, F2).
            else if (!connector.reservation) await this.status(connector, this.resting(connector));
        });
    }

    plugOut(id) {
        const connector = this.connectors[id - 1];
        this.begin(connector, async () => {
            connector.cable = connector.ev = false;
            if (!connector.charging) connector.idTag = undefined;
            await this.stop(connector, 'EVDisconnected');
            if (connector.status !== this.resting(connector))
                await this.status(connector, this.resting(connector));
        });
    }

    // Only the EV's end is taken out.
    unplugEv(id) {
        const connector = this.connectors[id - 1];
        this.begin(connector, async () => {
            connector.ev = false;
            if (!connector.charging) return;
            if (this.settings.flag('StopTransactionOnEVSideDisconnect'))
                return this.stop(connector, 'EVDisconnected');
            await this.status(connector, 'SuspendedEV', { info: 'EV side disconnected' });
        });
    }

    present(id, idTag) {
        const connector = this.connectors[id - 1];
        this.begin(connector, async () => {
            if (!connector.charging) {
                if (connector.operative && !connector.faulted) await this.authorize(connector, idTag);
            } else if (connector.idTag === idTag) await this.stop(connector, 'Local', idTag);
            else {
                const { status, parentIdTag } = await this.info(idTag);
                const family = parentIdTag && parentIdTag === this.parentOf(connector);
                if (status === 'Accepted' && family) await this.stop(connector, 'Local', idTag);
            }
        });
    }

    parentOf(connector) {
        return connector.parent ?? this.tokens.known(connector.idTag)?.parentIdTag;
    }

    reboot() {
        run(this.cut().then(() => this.powerOn()));
    }

    power(_, __, query) {
        run(query.get('on') === 'true' ? this.powerOn() : this.cut());
    }

    async cut() {
        for (const connector of this.connectors) clearInterval(connector.meter);
        await this.link.cutPower();
    }

    state(_, __, query) {
        if (query.has('unlock_failed')) this.stuck = query.get('unlock_failed') === 'true';
        if (query.has('refused_local_auth_list'))
            this.tokens.refusing = query.get('refused_local_auth_list') === 'true';
        if (query.has('charging_limit'))
            this.plans.limit =
                query.get('charging_limit') === 'none' ? Infinity : Number(query.get('charging_limit'));
        if (query.has('faulted')) this.fault(query.get('faulted') === 'true', Number(query.get('evse_id')));
    }

    fault(faulted, id) {
        const whole = faulted ? { errorCode: 'OtherError' } : {};
        if (!id) run(this.tell({ id: 0 }, faulted ? 'Faulted' : 'Available', whole));
        for (const connector of this.connectors.filter((c) => !id || c.id === id)) {
            connector.faulted = faulted;
            const more = faulted ? { errorCode: 'OtherError' } : {};
            this.begin(connector, () => this.status(connector, this.resting(connector), more));
        }
    }

    // What happens at one connector happens one after the other.
    begin(connector, act) {
        connector.work = run(connector.work.then(act));
    }

    // Does something as soon as the answer to the running request has gone out.
    then(act, connector) {
        setImmediate(() => (connector ? this.begin(connector, act) : run(act())));
    }

    // What the central system asks

    RemoteStartTransaction({ connectorId, idTag, chargingProfile: profile }) {
        const wanted = this.connectors.filter((c) => connectorId === undefined || c.id === connectorId);
        const connector = wanted.find((c) => c.free && !this.kept(c, idTag));
        const right =
            !profile ||
            (profile.chargingProfilePurpose === 'TxProfile' && this.plans.fits(1, profile));
        if (!this.accepted || !connector || !right) return { status: 'Rejected' };
        connector.idTag = idTag; // it is taken from now on
        const ask = this.settings.flag('AuthorizeRemoteTxRequests');
        const next = ask ? this.authorize : this.authorized;
        this.then(() => next.call(this, connector, idTag, profile), connector);
        return { status: 'Accepted' };
    }

    // Whether somebody else has reserved it; for a group that shows with the authorization.
    kept({ reservation }, idTag) {
        return reservation && reservation.idTag !== idTag && !reservation.parent;
    }

    RemoteStopTransaction({ transactionId }) {
        const connector = this.connectors.find((c) => c.transaction === transactionId);
        if (connector === undefined) return { status: 'Rejected' };
        this.then(() => this.stop(connector, 'Remote'), connector);
        return { status: 'Accepted' };
    }

    GetConfiguration({ key = [] }) {
        return this.settings.read(key);
    }

    ChangeConfiguration({ key, value }) {
        const status = this.settings.change(key, value);
        if (status === 'Accepted' && key === 'HeartbeatInterval') this.beat();
        if (status === 'Accepted' && key === 'ClockAlignedDataInterval') this.align();
        if (status === 'Accepted' && key === 'WebSocketPingInterval') this.link.ping(Number(value));
        return { status };
    }

    ChangeAvailability({ connectorId, type }) {
        const operative = type === 'Operative';
        const wanted = this.connectors.filter((c) => !connectorId || c.id === connectorId);
        if (!wanted.length) return { status: 'Rejected' };
        const busy = wanted.filter((c) => c.charging && !operative);
        for (const connector of busy) connector.later = operative;
        const now = wanted.filter((c) => !busy.includes(c));
        for (const connector of now) connector.operative = operative;
        if (!connectorId) this.operative = operative;
        this.then(async () => {
            if (!connectorId) await this.tell({ id: 0 }, operative ? 'Available' : 'Unavailable');
            for (const connector of now) await this.status(connector, this.resting(connector));
        });
        return { status: busy.length ? 'Scheduled' : 'Accepted' };
    }

    Reset({ type }) {
        this.then(async () => {
            const running = this.connectors.filter((c) => c.charging);
            for (const c of running) await this.stop(c, `${type}Reset`);
            this.reboot();
        });
        return { status: 'Accepted' };
    }

    UnlockConnector({ connectorId }) {
        const connector = this.connectors[connectorId - 1];
        if (connector === undefined) return { status: 'NotSupported' };
        if (this.stuck) return { status: 'UnlockFailed' };
        if (connector.charging) this.then(() => this.stop(connector, 'UnlockCommand'), connector);
        return { status: 'Unlocked' };
    }

    ClearCache() {
        return { status: this.tokens.forget() };
    }

    GetLocalListVersion() {
        return { listVersion: this.tokens.listVersion };
    }

    SendLocalList(list) {
        return { status: this.tokens.update(list) };
    }

    // Firmware and diagnostics; what was told last is told again when it is asked for.

    async tellFirmware(status) {
        this.firmware = ['Installed', 'DownloadFailed', 'InstallationFailed'].includes(status)
            ? 'Idle'
            : status;
        await this.link.call('FirmwareStatusNotification', { status });
    }

    UpdateFirmware({ location, retrieveDate, retries, retryInterval }) {
        this.then(async () => {
            await this.link.wait(Math.max(0, (new Date(retrieveDate) - Date.now()) / 1000));
            await this.tellFirmware('Downloading');
            const image = await fetched(location, retries, retryInterval);
            if (image === undefined) return this.tellFirmware('DownloadFailed');
            await this.tellFirmware('Downloaded');
            const version = versionOf(image);
            if (version === undefined) return this.tellFirmware('InstallationFailed');
            await this.tellFirmware('Installing');
            [this.version, this.installing] = [version, true];
            this.reboot();
        });
        return {};
    }

    GetDiagnostics({ location, retries, retryInterval }) {
        const fileName = `diagnostics-${Date.now()}.txt`;
        this.then(async () => {
            const tell = (status) => {
                this.diagnostics = status === 'Uploading' ? status : 'Idle';
                return this.link.call('DiagnosticsStatusNotification', { status });
            };
            await tell('Uploading');
            const text = `version ${this.version}, meter ${this.meter}\n`;
            const there = await uploaded(location, fileName, text, retries, retryInterval);
            await tell(there ? 'Uploaded' : 'UploadFailed');
        });
        return { fileName };
    }

    DataTransfer() {
        return { status: 'UnknownVendorId' };
    }

    TriggerMessage({ requestedMessage, connectorId }) {
        if (connectorId > this.connectors.length) return { status: 'Rejected' };
        const some = this.connectors.filter((c) => !connectorId || c.id === connectorId);
        const each = (act) => async () => {
            for (const connector of some) await act(connector);
        };
        const messages = {
            DiagnosticsStatusNotification: () =>
                this.link.call('DiagnosticsStatusNotification', {
                    status: this.diagnostics ?? 'Idle',
                }),
            FirmwareStatusNotification: () =>
                this.link.call('FirmwareStatusNotification', { status: this.firmware ?? 'Idle' }),
            BootNotification: () => this.sendBoot(),
            Heartbeat: () => this.link.call('Heartbeat', {}),
            MeterValues: each(({ id }) => this.sample(id, 'Trigger', 'MeterValuesSampledData')),
            StatusNotification: each((c) => this.tell(c, c.status, c.told)),
        };
        const send = messages[requestedMessage];
        if (send === undefined) return { status: 'NotImplemented' };
        this.then(send);
        return { status: 'Accepted' };
    }

    ReserveNow({ connectorId, expiryDate, idTag, parentIdTag, reservationId: id }) {
        const connector = this.connectors[connectorId - 1] ?? this.connectors.find((c) => c.free && !c.cable);
        const left = (new Date(expiryDate) - Date.now()) / 1000;
        if (connectorId > this.connectors.length || left <= 0) return { status: 'Rejected' };
        const wanted = connectorId ? [connector] : this.connectors;
        if (wanted.every((c) => c.faulted || c.status === 'Faulted')) return { status: 'Faulted' };
        if (wanted.every((c) => !c.operative)) return { status: 'Unavailable' };
        const open = wanted.filter((c) => c.free && !c.cable && (!c.reservation || c.reservation.id === id));
        if (!open.length) return { status: 'Occupied' };
        this.cancel(id);
        const reservation = { id, idTag, parent: parentIdTag };
        // Of the whole charge point one connector is kept, whichever is free.
        const kept = open[0];
        kept.reservation = reservation;
        this.then(() => this.status(kept, 'Reserved'), kept);
        this.link.later(left, () => {
            if (kept.reservation === reservation) this.release(kept);
        });
        return { status: 'Accepted' };
    }

    CancelReservation({ reservationId }) {
        const connector = this.cancel(reservationId);
        if (connector) this.then(() => this.status(connector, this.resting(connector)), connector);
        return { status: connector ? 'Accepted' : 'Rejected' };
    }

    cancel(id) {
        const connector = this.connectors.find((c) => c.reservation?.id === id);
        if (connector) connector.reservation = undefined;
        return connector;
    }

    release(connector) {
        connector.reservation = undefined;
        this.begin(connector, () => this.status(connector, this.resting(connector)));
    }

    SetChargingProfile({ connectorId, csChargingProfiles: profile }) {
        const connector = this.connectors[connectorId - 1];
        const { transaction } = connector ?? {};
        const known = connectorId === 0 || connector !== undefined;
        const forOne = profile.chargingProfilePurpose === 'TxProfile';
        const mine = transaction !== undefined && (profile.transactionId ?? transaction) === transaction;
        if (!known || !this.plans.fits(connectorId, profile) || (forOne && !mine))
            return { status: 'Rejected' };
        return { status: this.plans.install(connectorId, profile) };
    }

    ClearChargingProfile(criteria) {
        return { status: this.plans.clear(criteria) };
    }

    GetCompositeSchedule({ connectorId, duration, chargingRateUnit = 'A' }) {
        if (connectorId > this.connectors.length || chargingRateUnit !== 'A')
            return { status: 'Rejected' };
        const started = this.connectors[connectorId - 1]?.started;
        const chargingSchedule = this.plans.composite(connectorId, duration, started);
        const { startSchedule: scheduleStart } = chargingSchedule;
        return { status: 'Accepted', connectorId, scheduleStart, chargingSchedule };
    }
}

const station = new ChargePoint();
announce(await serve(stationContract(station)), (url) => {
    station.url = url;
    run(station.powerOn());
});
