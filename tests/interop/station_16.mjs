// A plain OCPP 1.6 charge point with two connectors, written on ocpp-rpc.

import { announce, run, serve, stationContract } from './control.mjs';
import { Link } from './link.mjs';

const READ_ONLY = {
    ConnectorPhaseRotation: '0.Unknown,1.Unknown,2.Unknown',
    GetConfigurationMaxKeys: '20',
    NumberOfConnectors: '2',
    SupportedFeatureProfiles: 'Core',
};
const WRITABLE = {
    AuthorizeRemoteTxRequests: 'true',
    ClockAlignedDataInterval: '0',
    ConnectionTimeOut: '30',
    HeartbeatInterval: '300',
    LocalAuthorizeOffline: 'false',
    LocalPreAuthorize: 'false',
    MeterValueSampleInterval: '0',
    MeterValuesAlignedData: 'Energy.Active.Import.Register',
    MeterValuesSampledData: 'Energy.Active.Import.Register',
    ResetRetries: '1',
    StopTransactionOnEVSideDisconnect: 'true',
    StopTransactionOnInvalidId: 'true',
    StopTxnAlignedData: '',
    StopTxnSampledData: '',
    TransactionMessageAttempts: '3',
    TransactionMessageRetryInterval: '5',
    UnlockConnectorOnEVSideDisconnect: 'true',
    WebSocketPingInterval: '30',
};

class ChargePoint {
    constructor() {
        this.settings = { ...WRITABLE };
        this.meter = 0;
    }

    async powerOn() {
        this.accepted = false;
        this.connectors = [1, 2].map((id) => {
            return { id, cable: false, status: 'Available', work: Promise.resolve() };
        });
        this.link = new Link(this.url, 'CP01', 'ocpp1.6');
        for (const action of [
            ...['ChangeAvailability', 'ChangeConfiguration', 'ClearCache', 'DataTransfer'],
            ...['GetConfiguration', 'RemoteStartTransaction', 'RemoteStopTransaction', 'Reset'],
            ...['UnlockConnector'],
        ]) {
            this.link.handle(action, (params) => this[action](params));
        }
        await this.link.open();
        await this.boot();
    }

    async boot() {
        const { link } = this;
        for (;;) {
            const answer = await link.call('BootNotification', {
                chargePointVendor: 'Plain',
                chargePointModel: 'Sixteen',
                firmwareVersion: '1.0',
            });
            if (answer.interval > 0) this.settings.HeartbeatInterval = String(answer.interval);
            if (answer.status === 'Accepted') break;
            await link.wait(answer.interval || 60);
        }
        this.accepted = true;
        await this.status({ id: 0 }, 'Available');
        for (const connector of this.connectors) await this.status(connector, 'Available');
        this.beat = link.every(Number(this.settings.HeartbeatInterval), () =>
            run(link.call('Heartbeat', {})),
        );
    }

    async status(connector, status) {
        connector.status = status;
        await this.link.call('StatusNotification', {
            connectorId: connector.id,
            errorCode: 'NoError',
            status,
            timestamp: new Date().toISOString(),
        });
    }

    // A transaction

    async authorize(connector, idTag) {
        const { idTagInfo } = await this.link.call('Authorize', { idTag });
        if (idTagInfo.status === 'Accepted') await this.authorized(connector, idTag);
        else connector.idTag = undefined;
    }

    async authorized(connector, idTag) {
        connector.idTag = idTag;
        if (connector.cable) return this.start(connector);
        await this.status(connector, 'Preparing');
        this.link.later(Number(this.settings.ConnectionTimeOut), () => {
            if (connector.cable || connector.idTag !== idTag) return;
            connector.idTag = undefined;
            this.begin(connector, () => this.status(connector, 'Available'));
        });
    }

    async start(connector) {
        const started = await this.link.call('StartTransaction', {
            connectorId: connector.id,
            idTag: connector.idTag,
            meterStart: this.meter,
            timestamp: new Date().toISOString(),
        });
        connector.transaction = started.transactionId;
        if (started.idTagInfo.status !== 'Accepted') return this.stop(connector, 'DeAuthorized');
        await this.status(connector, 'Charging');
    }

    async plugged(connector) {
        connector.cable = true;
        if (connector.idTag) await this.start(connector);
        else await this.status(connector, 'Preparing');
    }

    async stop(connector, reason) {
        if (connector.transaction === undefined) return;
        const transactionId = connector.transaction;
        connector.transaction = connector.idTag = undefined;
        this.meter += 10;
        await this.link.call('StopTransaction', {
            transactionId,
            meterStop: this.meter,
            timestamp: new Date().toISOString(),
            reason,
        });
        await this.status(connector, 'Finishing');
    }

    // What the operator does

    plugIn(id) {
        const connector = this.connectors[id - 1];
        this.begin(connector, () => this.plugged(connector));
    }

    plugOut(id) {
        const connector = this.connectors[id - 1];
        this.begin(connector, () => this.unplugged(connector));
    }

    async unplugged(connector) {
        connector.cable = false;
        connector.idTag = connector.transaction && connector.idTag;
        await this.stop(connector, 'EVDisconnected');
        if (connector.status !== 'Available') await this.status(connector, 'Available');
    }

    present(id, idTag) {
        const connector = this.connectors[id - 1];
        this.begin(connector, async () => {
            if (connector.transaction === undefined) await this.authorize(connector, idTag);
            else if (connector.idTag === idTag) await this.stop(connector, 'Local');
        });
    }

    reboot() {
        run(this.link.cutPower().then(() => this.powerOn()));
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

    RemoteStartTransaction({ connectorId, idTag }) {
        const free = (c) => c.idTag === undefined && ['Available', 'Preparing'].includes(c.status);
        const wanted = this.connectors.filter((c) => !connectorId || c.id === connectorId);
        const connector = wanted.find(free);
        if (!this.accepted || connector === undefined) return { status: 'Rejected' };
        connector.idTag = idTag; // it is taken from now on
        const ask = this.settings.AuthorizeRemoteTxRequests === 'true';
        const next = ask ? this.authorize : this.authorized;
        this.then(() => next.call(this, connector, idTag), connector);
        return { status: 'Accepted' };
    }

    RemoteStopTransaction({ transactionId }) {
        const connector = this.connectors.find((c) => c.transaction === transactionId);
        if (connector === undefined) return { status: 'Rejected' };
        this.then(() => this.stop(connector, 'Remote'), connector);
        return { status: 'Accepted' };
    }

    GetConfiguration({ key = [] }) {
        const all = { ...READ_ONLY, ...this.settings };
        const known = key.length ? key.filter((k) => k in all) : Object.keys(all);
        return {
            configurationKey: known.map((k) => ({ key: k, readonly: k in READ_ONLY, value: all[k] })),
            unknownKey: key.filter((k) => !(k in all)),
        };
    }

    ChangeConfiguration({ key, value }) {
        if (key in READ_ONLY) return { status: 'Rejected' };
        if (!(key in this.settings)) return { status: 'NotSupported' };
        const numeric = /^\d+$/.test(WRITABLE[key]);
        if (numeric && !/^\d+$/.test(value)) return { status: 'Rejected' };
        this.settings[key] = value;
        if (key === 'HeartbeatInterval') {
            clearInterval(this.beat);
            this.beat = this.link.every(Number(value), () => run(this.link.call('Heartbeat', {})));
        }
        return { status: 'Accepted' };
    }

    ChangeAvailability({ connectorId, type }) {
        const wanted = this.connectors.filter((c) => !connectorId || c.id === connectorId);
        if (wanted.some((c) => c.transaction !== undefined)) return { status: 'Scheduled' };
        const status = type === 'Inoperative' ? 'Unavailable' : 'Available';
        this.then(() => Promise.all(wanted.map((c) => this.status(c, status))));
        return { status: 'Accepted' };
    }

    Reset({ type }) {
        this.then(async () => {
            const running = this.connectors.filter((c) => c.transaction !== undefined);
            for (const c of running) await this.stop(c, `${type}Reset`);
            this.reboot();
        });
        return { status: 'Accepted' };
    }

    UnlockConnector({ connectorId }) {
        const connector = this.connectors[connectorId - 1];
        if (connector?.transaction !== undefined)
            this.then(() => this.stop(connector, 'UnlockCommand'), connector);
        return { status: connector ? 'Unlocked' : 'NotSupported' };
    }

    ClearCache() {
        return { status: 'Rejected' };
    }

    DataTransfer() {
        return { status: 'UnknownVendorId' };
    }
}

const station = new ChargePoint();
announce(await serve(stationContract(station)), (url) => {
    station.url = url;
    run(station.powerOn());
});
