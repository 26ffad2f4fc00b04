import { RequestProblem } from '../../../../http/request-problem.js';

/** A body that is not of the form that it should have; the answer names the faults. */
export class SchemaProblem extends RequestProblem {
  readonly detail: { schemaId: string; schemaErrors: { message: string }[] };

  constructor(schemaId: string, fault: string) {
    super(400, 'Input data schema validation failure.');
    this.name = 'SchemaProblem';
    this.detail = { schemaId, schemaErrors: [{ message: fault }] };
  }
}
