// A plain OCPP 2.0.1 station with two EVSEs, written on ocpp-rpc or typed.mjs.
//
// A transaction starts when the cable is plugged in, and ends when it is taken out or when the
// authorization ends: TxStartPoint EVConnected, TxStopPoint EVConnected and Authorized.

import { randomUUID } from 'node:crypto';
import { announce, run, serve, stationContract } from './control.mjs';
import { Link, TIMEOUT } from './link.mjs';
import { PINGS } from './stack.mjs';

// [component, variable]: [value, type, mutability]
const VARIABLES = [
    ['AuthCtrlr', 'AuthorizeRemoteStart', 'true', 'boolean', 'ReadWrite'],
    ['AuthCtrlr', 'DisableRemoteAuthorization', 'false', 'boolean', 'ReadWrite'],
    ['AuthCtrlr', 'Enabled', 'true', 'boolean', 'ReadWrite'],
    ['OCPPCommCtrlr', 'HeartbeatInterval', '300', 'integer', 'ReadWrite'],
    ['OCPPCommCtrlr', 'MessageAttempts', '3', 'integer', 'ReadWrite'],
    ['OCPPCommCtrlr', 'MessageAttemptInterval', '10', 'integer', 'ReadWrite'],
    ['OCPPCommCtrlr', 'MessageTimeout', String(TIMEOUT), 'integer', 'ReadOnly'],
    ['OCPPCommCtrlr', 'OfflineThreshold', '60', 'integer', 'ReadWrite'],
    ['OCPPCommCtrlr', 'RetryBackOffRandomRange', '0', 'integer', 'ReadWrite'],
    ['OCPPCommCtrlr', 'RetryBackOffRepeatTimes', '1', 'integer', 'ReadWrite'],
    ['OCPPCommCtrlr', 'RetryBackOffWaitMinimum', '1', 'integer', 'ReadWrite'],
    ...(PINGS ? [['OCPPCommCtrlr', 'WebSocketPingInterval', '30', 'integer', 'ReadWrite']] : []),
    ['SmartChargingCtrlr', 'Enabled', 'true', 'boolean', 'ReadOnly'],
    ['TxCtrlr', 'EVConnectionTimeOut', '30', 'integer', 'ReadWrite'],
    ['TxCtrlr', 'TxStartPoint', 'EVConnected', 'MemberList', 'ReadOnly'],
    ['TxCtrlr', 'TxStopPoint', 'EVConnected,Authorized', 'MemberList', 'ReadOnly'],
];
const ACTIONS = [
    ...['ClearCache', 'ClearChargingProfile', 'DataTransfer', 'GetBaseReport'],
    ...['GetChargingProfiles', 'GetVariables', 'RequestStartTransaction'],
    ...['RequestStopTransaction', 'Reset', 'SetChargingProfile', 'SetVariables'],
    ...['TriggerMessage', 'UnlockConnector'],
];
const now = () => new Date().toISOString();

class ChargingStation {
    constructor() {
        this.variables = new Map();
        for (const [component, variable, value, dataType, mutability] of VARIABLES) {
            const row = { component, variable, value, dataType, mutability };
            this.variables.set(`${component}.${variable}`, row);
        }
        this.profiles = new Map();
        this.meter = 0;
    }

    value(name) {
        return this.variables.get(name).value;
    }

    number(name) {
        return Number(this.value(name));
    }

    // The first wait for a connection, and how often it is doubled (Part 4, 5.3).
    backOff() {
        const least = 1000 * this.number('OCPPCommCtrlr.RetryBackOffWaitMinimum');
        const times = this.number('OCPPCommCtrlr.RetryBackOffRepeatTimes');
        this.link.backOff(least, least * 2 ** times);
    }

    async powerOn() {
        this.accepted = false;
        this.evses = [1, 2].map((id) => ({ id, cable: false, work: Promise.resolve() }));
        this.link = new Link(this.url, 'CS01', 'ocpp2.0.1');
        for (const action of ACTIONS) this.link.handle(action, (params) => this[action](params));
        this.backOff();
        if (PINGS) this.link.ping(this.number('OCPPCommCtrlr.WebSocketPingInterval'));
        await this.link.open();
        await this.boot('PowerUp');
        await this.link.call('SecurityEventNotification', {
            type: 'StartupOfTheDevice',
            timestamp: now(),
        });
    }

    async boot(reason) {
        const { link } = this;
        for (;;) {
            const chargingStation = { vendorName: 'Plain', model: 'Two', firmwareVersion: '1.0' };
            const boot = { reason, chargingStation };
            const answer = await link.insist('BootNotification', boot, {
                attempts: Infinity,
                interval: 1,
            });
            if (answer.status === 'Accepted') {
                if (answer.interval > 0) this.beat(answer.interval);
                break;
            }
            this.triggered = new AbortController();
            const either = AbortSignal.any([this.triggered.signal, link.power.signal]);
            reason = await link.wait(answer.interval || 60, either).then(
                () => 'PowerUp',
                () => 'Triggered',
            );
            if (link.cut) return new Promise(() => {});
        }
        this.accepted = true;
        for (const evse of this.evses) await this.status(evse);
    }

    beat(interval) {
        this.variables.get('OCPPCommCtrlr.HeartbeatInterval').value = String(interval);
        clearInterval(this.timer);
        this.timer = this.link.every(interval, () => {
            if (this.link.online) run(this.link.call('Heartbeat', {}));
        });
    }

    async status(evse) {
        await this.link.call('StatusNotification', {
            timestamp: now(),
            connectorStatus: evse.cable ? 'Occupied' : 'Available',
            evseId: evse.id,
            connectorId: 1,
        });
    }

    // A transaction

    async event(evse, eventType, triggerReason, chargingState, more = {}) {
        const { transaction, pending = {} } = evse;
        const { idToken, remoteStartId } = pending;
        evse.pending = undefined;
        const event = {
            ...(this.link.online ? {} : { offline: true }),
            eventType,
            timestamp: now(),
            triggerReason: remoteStartId === undefined ? triggerReason : 'RemoteStart',
            seqNo: transaction.seq++,
            transactionInfo: {
                transactionId: transaction.id,
                chargingState,
                ...(remoteStartId === undefined ? {} : { remoteStartId }),
                ...more,
            },
            ...(idToken ? { idToken } : {}),
            ...(eventType === 'Started' ? { evse: { id: evse.id, connectorId: 1 } } : {}),
            ...(eventType === 'Updated' ? {} : { meterValue: [this.sample(eventType)] }),
        };
        const answer = await this.link.insist('TransactionEvent', event, {
            attempts: this.number('OCPPCommCtrlr.MessageAttempts'),
            interval: this.number('OCPPCommCtrlr.MessageAttemptInterval'),
        });
        const refused = answer.idTokenInfo && answer.idTokenInfo.status !== 'Accepted';
        if (refused && eventType !== 'Ended') await this.end(evse, 'Deauthorized', 'DeAuthorized');
    }

    sample(eventType) {
        const context = eventType === 'Started' ? 'Transaction.Begin' : 'Transaction.End';
        this.meter += 10;
        return { timestamp: now(), sampledValue: [{ value: this.meter, context }] };
    }

    async connected(evse) {
        evse.cable = true;
        evse.transaction = { id: randomUUID(), seq: 0 };
        await Promise.all([
            this.status(evse),
            this.event(evse, 'Started', 'CablePluggedIn', 'EVConnected'),
        ]);
        if (evse.token) await this.charge(evse);
    }

    async charge(evse) {
        if (evse.transaction)
            await this.event(evse, 'Updated', 'ChargingStateChanged', 'Charging');
    }

    async end(evse, triggerReason, stoppedReason) {
        if (evse.transaction === undefined) return;
        await this.event(evse, 'Ended', triggerReason, evse.cable ? 'EVConnected' : 'Idle', {
            stoppedReason,
        });
        const id = evse.transaction.id;
        for (const [key, { profile }] of this.profiles) {
            if (profile.transactionId === id) this.profiles.delete(key);
        }
        evse.transaction = evse.token = undefined;
    }

    async authorize(evse, idToken, remoteStartId) {
        const { idTokenInfo } = await this.link.call('Authorize', { idToken });
        if (idTokenInfo.status === 'Accepted') await this.authorized(evse, idToken, remoteStartId);
        else evse.token = undefined;
    }

    async authorized(evse, idToken, remoteStartId) {
        evse.token = idToken;
        evse.pending = { idToken, remoteStartId };
        if (evse.transaction) {
            await this.event(evse, 'Updated', 'Authorized', 'EVConnected');
            return this.charge(evse);
        }
        const limit = this.number('TxCtrlr.EVConnectionTimeOut');
        this.link.later(limit, () => {
            if (evse.pending?.idToken === idToken) evse.token = evse.pending = undefined;
        });
    }

    // What the operator does

    plugIn(id) {
        const evse = this.evses[id - 1];
        this.begin(evse, () => this.connected(evse));
    }

    plugOut(id) {
        const evse = this.evses[id - 1];
        this.begin(evse, () => this.unplugged(evse));
    }

    async unplugged(evse) {
        evse.cable = false;
        await this.end(evse, 'EVCommunicationLost', 'EVDisconnected');
        await this.status(evse);
    }

    present(id, idToken) {
        const evse = this.evses[id - 1];
        this.begin(evse, async () => {
            if (evse.token === undefined) await this.authorize(evse, { idToken, type: 'ISO14443' });
            else if (evse.token.idToken === idToken) await this.end(evse, 'StopAuthorized', 'Local');
        });
    }

    reboot() {
        run(this.link.cutPower().then(() => this.powerOn()));
    }

    // What happens at one EVSE happens one after the other.
    begin(evse, act) {
        evse.work = run(evse.work.then(act));
    }

    // Does something as soon as the answer to the running request has gone out.
    then(act, evse) {
        setImmediate(() => (evse ? this.begin(evse, act) : run(act())));
    }

    // What the CSMS asks

    RequestStartTransaction({ evseId, idToken, remoteStartId, chargingProfile }) {
        const free = (e) => e.token === undefined && (!evseId || e.id === evseId);
        const evse = this.evses.find(free);
        if (!this.accepted || evse === undefined) return { status: 'Rejected' };
        evse.token = idToken;
        if (chargingProfile) {
            const transactionId = evse.transaction?.id;
            const own = transactionId ? { ...chargingProfile, transactionId } : chargingProfile;
            this.profiles.set(own.id, { evseId: evse.id, profile: own });
        }
        const ask = this.value('AuthCtrlr.AuthorizeRemoteStart') === 'true';
        const next = ask ? this.authorize : this.authorized;
        this.then(() => next.call(this, evse, idToken, remoteStartId), evse);
        const running = evse.transaction ? { transactionId: evse.transaction.id } : {};
        return { status: 'Accepted', ...running };
    }

    RequestStopTransaction({ transactionId }) {
        const evse = this.evses.find((e) => e.transaction?.id === transactionId);
        if (evse === undefined) return { status: 'Rejected' };
        this.then(() => this.end(evse, 'RemoteStop', 'Remote'), evse);
        return { status: 'Accepted' };
    }

    GetVariables({ getVariableData }) {
        const one = ({ component, variable }) => {
            const row = this.variables.get(`${component.name}.${variable.name}`);
            const known = row
                ? { attributeStatus: 'Accepted', attributeValue: row.value }
                : { attributeStatus: this.unknown(component) };
            return { ...known, component, variable };
        };
        return { getVariableResult: getVariableData.map(one) };
    }

    SetVariables({ setVariableData }) {
        const one = ({ component, variable, attributeValue }) => {
            const row = this.variables.get(`${component.name}.${variable.name}`);
            let attributeStatus = 'Accepted';
            if (row === undefined) attributeStatus = this.unknown(component);
            else if (row.mutability === 'ReadOnly') attributeStatus = 'Rejected';
            else if (row.dataType === 'integer' && !/^\d+$/.test(attributeValue))
                attributeStatus = 'Rejected';
            else row.value = attributeValue;
            if (variable.name.startsWith('RetryBackOff')) this.backOff();
            if (row && variable.name === 'WebSocketPingInterval') this.link.ping(Number(row.value));
            return { attributeStatus, component, variable };
        };
        return { setVariableResult: setVariableData.map(one) };
    }

    unknown({ name }) {
        const known = VARIABLES.some(([component]) => component === name);
        return known ? 'UnknownVariable' : 'UnknownComponent';
    }

    GetBaseReport({ requestId }) {
        this.then(async () => {
            const rows = [...this.variables.values()];
            const pages = [rows.slice(0, 5), rows.slice(5)];
            for (const [seqNo, page] of pages.entries()) {
                await this.link.call('NotifyReport', {
                    requestId,
                    generatedAt: now(),
                    seqNo,
                    tbc: seqNo < pages.length - 1,
                    reportData: page.map((row) => ({
                        component: { name: row.component },
                        variable: { name: row.variable },
                        variableAttribute: [{ value: row.value, mutability: row.mutability }],
                        variableCharacteristics: {
                            dataType: row.dataType,
                            supportsMonitoring: false,
                        },
                    })),
                });
            }
        });
        return { status: 'Accepted' };
    }

    SetChargingProfile({ evseId, chargingProfile }) {
        this.profiles.set(chargingProfile.id, { evseId, profile: chargingProfile });
        return { status: 'Accepted' };
    }

    GetChargingProfiles({ requestId, evseId, chargingProfile: wanted }) {
        const fits = ({ evseId: at, profile }) =>
            (evseId === undefined || at === evseId) &&
            (wanted.chargingProfileId?.includes(profile.id) ?? true) &&
            (wanted.stackLevel ?? profile.stackLevel) === profile.stackLevel &&
            (wanted.chargingProfilePurpose ?? profile.chargingProfilePurpose) ===
                profile.chargingProfilePurpose;
        const found = [...this.profiles.values()].filter(fits);
        if (found.length === 0) return { status: 'NoProfiles' };
        this.then(async () => {
            for (const [index, { evseId: at, profile }] of found.entries()) {
                await this.link.call('ReportChargingProfiles', {
                    requestId,
                    chargingLimitSource: 'CSO',
                    tbc: index < found.length - 1,
                    evseId: at,
                    chargingProfile: [profile],
                });
            }
        });
        return { status: 'Accepted' };
    }

    ClearChargingProfile({ chargingProfileId }) {
        const there = this.profiles.delete(chargingProfileId);
        return { status: there ? 'Accepted' : 'Unknown' };
    }

    TriggerMessage({ requestedMessage }) {
        if (requestedMessage === 'Heartbeat') this.then(() => run(this.link.call('Heartbeat', {})));
        else if (requestedMessage !== 'BootNotification') return { status: 'NotImplemented' };
        else if (this.accepted) return { status: 'Rejected' };
        else this.then(async () => this.triggered?.abort());
        return { status: 'Accepted' };
    }

    Reset({ evseId }) {
        if (evseId) return { status: 'Rejected' };
        this.then(async () => {
            for (const evse of this.evses.filter((e) => e.transaction))
                await this.end(evse, 'ResetCommand', 'ImmediateReset');
            this.reboot();
        });
        return { status: 'Accepted' };
    }

    UnlockConnector({ evseId }) {
        const evse = this.evses[evseId - 1];
        if (evse === undefined) return { status: 'UnknownConnector' };
        return { status: evse.token ? 'OngoingAuthorizedTransaction' : 'Unlocked' };
    }

    ClearCache() {
        return { status: 'Rejected' };
    }

    DataTransfer() {
        return { status: 'UnknownVendorId' };
    }
}

const station = new ChargingStation();
announce(await serve(stationContract(station)), (url) => {
    station.url = url;
    run(station.powerOn());
});
