import { statementName } from '../document/policy-document.js';
import { candidates, type DecidedCase, type Diagnose, typeAndName } from './refused-case.js';

/** The resource is there, but not with this action. */
export const diagnoseAction: Diagnose = (refused) =>
  restInstead(refused) ?? retainMissing(refused) ?? receiveMissing(refused) ?? actionMissing(refused);

/** Shadows and jobs: their REST actions mean nothing over MQTT. */
function restInstead({ statements, resource }: DecidedCase): ReturnType<Diagnose> {
  const [, what] = /^topic(?:filter)?\/\$aws\/things\/[^/]+\/(shadow|jobs)(?:\/|$)/.exec(resource) ?? [];
  if (what === undefined) return undefined;
  const actions = what === 'shadow' ? ['iot:GetThingShadow', 'iot:UpdateThingShadow', 'iot:DeleteThingShadow'] : JOBS;
  const one = statements.find(
    (statement) =>
      !statement.isDeny && actions.some((action) => statement.isAbout(action)) && !statement.isAbout('iot:Publish'),
  );
  if (!one) return undefined;
  return {
    mistake: 'rest-action',
    why: `the actions of ${statementName(one.place)} are those of the REST calls; over MQTT a ${what === 'jobs' ? 'job' : what} needs Publish, Subscribe and Receive on its topics`,
  };
}

const JOBS = [
  'DescribeJobExecution',
  'GetPendingJobExecutions',
  'StartNextPendingJobExecution',
  'UpdateJobExecution',
].flatMap((name) => [`iotjobsdata:${name}`, `iot:${name}`]);

function retainMissing(refused: DecidedCase): ReturnType<Diagnose> {
  if (refused.action.toLowerCase() !== 'iot:retainpublish') return undefined;
  const { statements, resource, values } = refused;
  const one = statements.find(
    (statement) =>
      !statement.isDeny &&
      statement.isAbout('iot:Publish') &&
      statement.covers(resource, values) &&
      statement.isMet(values),
  );
  if (!one) return undefined;
  return {
    mistake: 'retain',
    why: `a message or will with RETAIN needs iot:RetainPublish besides iot:Publish, which ${statementName(one.place)} grants`,
    advice: 'send it without RETAIN',
    change: addable(one) ? { kind: 'add-action', statement: one.place, action: 'iot:RetainPublish' } : undefined,
  };
}

function receiveMissing(refused: DecidedCase): ReturnType<Diagnose> {
  if (refused.action.toLowerCase() !== 'iot:receive' || candidates(refused).length > 0) return undefined;
  const one = refused.statements.find((statement) => !statement.isDeny && statement.isAbout('iot:Subscribe'));
  if (!one) return undefined;
  return {
    mistake: 'receive-missing',
    why: `${statementName(one.place)} lets it subscribe, but nothing grants iot:Receive: the SUBACK is fine, and no message comes`,
  };
}

function actionMissing(refused: DecidedCase): ReturnType<Diagnose> {
  const { action, resource, values } = refused;
  for (const { statement, pattern } of candidates(refused, false)) {
    if (
      statement.isAbout(action) ||
      pattern.isEverything ||
      !pattern.matches(resource, values) ||
      !statement.isMet(values)
    )
      continue;
    const isOfType = statement.resources.every(
      (one) => typeAndName(one.shownWith()).type === typeAndName(resource).type,
    );
    return {
      mistake: 'action-missing',
      why: `${statementName(statement.place)} has the resource, but not the action`,
      change: addable(statement) && isOfType ? { kind: 'add-action', statement: statement.place, action } : undefined,
    };
  }
  return undefined;
}

const addable = ({ statement }: DecidedCase['statements'][number]) =>
  !statement.isNotAction && !statement.isNotResource;
