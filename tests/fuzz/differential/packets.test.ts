import { packetsAndTexts } from './packets.js';
import { testSubjects } from './suite.js';

testSubjects(packetsAndTexts);
