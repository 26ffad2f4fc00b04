import { describe } from 'vitest';
import { statusTests } from './cases/case.js';
import { mqttRequests, mqttResponses } from './cases/mqtt.js';

describe('MQTT requests', () => statusTests(mqttRequests));

describe('MQTT responses', () => statusTests(mqttResponses));
