/** `gemel schema`: the JSON Schema of models and projects, from which editors complete and check. */

import { Argument, Command } from 'commander';
import { publishedSchema } from '../app/index.ts';

export function schemaCommand(): Command {
  return new Command('schema')
    .summary('print the JSON Schema of models or projects')
    .description(
      'Prints the JSON Schema (draft 2020-12) of model or project files, from which editors complete.',
    )
    .addArgument(new Argument('[kind]', 'what to describe').choices(['model', 'project']).default('model'))
    .addHelpText(
      'after',
      `
Example:
  gemel schema project > project.schema.json
  and in the first line of gemel.yaml:  # yaml-language-server: $schema=project.schema.json`,
    )
    .action((kind: 'model' | 'project') => {
      process.stdout.write(`${JSON.stringify(publishedSchema(kind), null, 2)}\n`);
    });
}
