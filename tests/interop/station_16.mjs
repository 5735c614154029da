// A plain OCPP 1.6 charge point with two connectors, written on ocpp-rpc.

import { announce, complain, serve, stationContract } from './control.mjs';
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
        this.connectors = [1, 2].map((id) => ({ id, cable: false, status: 'Available' }));
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
            link.call('Heartbeat', {}),
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
    }

    async authorized(connector, idTag) {
        connector.idTag = idTag;
        if (connector.cable) return this.start(connector);
        await this.status(connector, 'Preparing');
        await this.link.wait(Number(this.settings.ConnectionTimeOut));
        if (connector.cable || connector.idTag !== idTag) return;
        connector.idTag = undefined;
        await this.status(connector, 'Available');
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

    async stop(connector, reason) {
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
        connector.cable = true;
        this.begin(connector.idTag ? this.start(connector) : this.status(connector, 'Preparing'));
    }

    plugOut(id) {
        const connector = this.connectors[id - 1];
        connector.cable = false;
        this.begin(this.unplugged(connector));
    }

    async unplugged(connector) {
        if (connector.transaction !== undefined) await this.stop(connector, 'EVDisconnected');
        if (connector.status !== 'Available') await this.status(connector, 'Available');
    }

    present(id, idTag) {
        const connector = this.connectors[id - 1];
        if (connector.transaction === undefined) this.begin(this.authorize(connector, idTag));
        else if (connector.idTag === idTag) this.begin(this.stop(connector, 'Local'));
    }

    reboot() {
        this.begin(this.link.cutPower().then(() => this.powerOn()));
    }

    begin(work) {
        work.catch((error) => error.name === 'AbortError' || complain(error.stack));
    }

    // After the answer to a request has gone out

    then(act) {
        setImmediate(() => this.begin(act()));
    }

    // What the central system asks

    RemoteStartTransaction({ connectorId, idTag }) {
        const free = (c) => c.idTag === undefined && ['Available', 'Preparing'].includes(c.status);
        const wanted = this.connectors.filter((c) => !connectorId || c.id === connectorId);
        const connector = wanted.find(free);
        if (!this.accepted || connector === undefined) return { status: 'Rejected' };
        const ask = this.settings.AuthorizeRemoteTxRequests === 'true';
        this.then(() => (ask ? this.authorize(connector, idTag) : this.authorized(connector, idTag)));
        return { status: 'Accepted' };
    }

    RemoteStopTransaction({ transactionId }) {
        const connector = this.connectors.find((c) => c.transaction === transactionId);
        if (connector === undefined) return { status: 'Rejected' };
        this.then(() => this.stop(connector, 'Remote'));
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
            this.beat = this.link.every(Number(value), () => this.link.call('Heartbeat', {}));
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
            this.then(() => this.stop(connector, 'UnlockCommand'));
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
    station.begin(station.powerOn());
});
