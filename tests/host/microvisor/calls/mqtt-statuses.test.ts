import { describe } from 'vitest';
import { mqttRequests, mqttResponses } from '../cases/mqtt.js';
import { statusTests } from '../cases/status-case.js';

describe('MQTT requests', () => statusTests(mqttRequests));

describe('MQTT responses', () => statusTests(mqttResponses));
