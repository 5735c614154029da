// What a script speaks OCPP-J with: ocpp-rpc, or, where its first argument is "typed", typed.mjs.

import rpc from 'ocpp-rpc';
import * as typed from './typed.mjs';

const [name] = process.argv.slice(2);
export const { Client, Server } =
    name === 'typed' ? typed : { Client: rpc.RPCClient, Server: rpc.RPCServer };
export const PINGS = name !== 'typed'; // the WebSocket of undici answers pings, and sends none
export const OPEN = 1; // a client's state
