/** What the engine asks of the world around it: time, checkpoints, a journal, a history, a line to each shard. */

export type {
  HistoryExtract,
  HistoryFile,
  HistoryFileProblem,
  HistoryFiles,
  HistoryTaken,
  HistoryTakenSeries,
} from './history-files.ts';
export type {
  CheckpointMade,
  CheckpointStore,
  Clock,
  History,
  HistoryBuckets,
  HistoryFact,
  HistoryFactsAt,
  HistoryFactSpan,
  HistoryMoment,
  HistoryPartLengths,
  HistoryPoints,
  HistoryReading,
  HistorySamples,
  HistorySeries,
  HistorySignal,
  HistorySpan,
  Journal,
  JournalPage,
  ShardLink,
} from './ports.ts';
