/** `/api/v1/models/{id}/calibrations`: fits of a model to a record, as jobs beside the twins. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Calibration, CalibrationRequest } from '../calibration-schemas.ts';
import { calibrationView } from '../describe.ts';
import type { CalibrationJobView, Calibrations, RouteContext } from '../options.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../replies.ts';
import { show } from '../validation.ts';
import { findModel } from '../known-models.ts';

const tags = ['models'];
const ModelParams = Type.Object({ id: Type.String({ description: 'name@version' }) });
const JobParams = Type.Object({
  id: Type.String({ description: 'name@version' }),
  job: Type.String({ description: 'Id of the calibration.' }),
});

/** A record is larger than other requests. */
const calibrationBodyBytes = 33_554_432;

export function calibrationRoutes({ app: plain, fleet }: RouteContext, calibrations: Calibrations): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>();
  const path = '/api/v1/models/:id/calibrations';

  app.post(
    path,
    {
      bodyLimit: calibrationBodyBytes,
      schema: {
        operationId: 'calibrate',
        summary: 'Fits the model to a record, as a job',
        description:
          'The record is read and the model fitted in a thread of its own; one job at a time runs, a few wait. What is wrong with the record is told by the job.',
        tags,
        params: ModelParams,
        body: CalibrationRequest,
        response: { 202: Calibration, ...problems },
      },
    },
    (request, reply) => {
      const model = findModel(fleet, request.params.id);
      const { body } = request;
      if ((body.csv === undefined) === (body.rows === undefined)) {
        throw new ProblemError('HTTP_INVALID', 'the body has either `csv` or `rows`');
      }
      const job = calibrations.start(model, body);
      const location = `/api/v1/models/${encodeURIComponent(model.id)}/calibrations/${job.id}`;
      reply.code(202).header('location', location);
      return calibrationView(job);
    },
  );

  app.get(
    path,
    {
      schema: {
        operationId: 'listCalibrations',
        summary: 'The calibrations of a model, newest first, without their results',
        tags,
        params: ModelParams,
        response: {
          200: Type.Object({ calibrations: Type.Array(Calibration) }, { additionalProperties: false }),
          ...problems,
        },
      },
    },
    (request) => {
      const { id } = findModel(fleet, request.params.id);
      const found = calibrations.list().filter(({ model }) => model === id);
      return { calibrations: found.map((job) => withoutResult(calibrationView(job))) };
    },
  );

  app.get(
    `${path}/:job`,
    {
      schema: {
        operationId: 'getCalibration',
        summary: 'A calibration: how far it is, or what came out',
        tags,
        params: JobParams,
        response: { 200: Calibration, ...problems },
      },
    },
    (request) => calibrationView(find(request.params)),
  );

  app.delete(
    `${path}/:job`,
    {
      schema: {
        operationId: 'stopCalibration',
        summary: 'Ends a calibration with the best so far',
        description: 'It is still there, with what it found; one that is over stays as it is.',
        tags,
        params: JobParams,
        response: { 202: Calibration, ...problems },
      },
    },
    (request, reply) => {
      const { id } = find(request.params);
      calibrations.stop(id);
      reply.code(202);
      return calibrationView(find(request.params));
    },
  );

  function find({ id, job }: { id: string; job: string }): CalibrationJobView {
    const model = findModel(fleet, id);
    const found = calibrations.get(job);
    if (found?.model === model.id) return found;
    throw new ProblemError('CALIBRATION_UNKNOWN', `${model.id} has no calibration ${show(job)}`);
  }
}

function withoutResult<T extends { result?: unknown }>({ result: _result, ...job }: T): Omit<T, 'result'> {
  return job;
}
