import { describe } from 'vitest';
import { mqttConnect } from '../cases/mqtt-connect.js';
import { mqttRequests } from '../cases/mqtt-requests.js';
import { mqttResponses } from '../cases/mqtt-responses.js';
import { statusTests } from '../cases/status-tests.js';

describe('connecting to a broker', () => statusTests(mqttConnect));

describe('MQTT requests', () => statusTests(mqttRequests));

describe('MQTT responses', () => statusTests(mqttResponses));
