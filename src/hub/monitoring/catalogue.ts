/** Every metric of the hub by name. All begin anew with the process, unless the help says that they are of the whole log. */

/** What a metric is. */
export interface Family {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  readonly bounds?: readonly number[];
}

/** Seconds a piece of work or a model call takes. */
const WORK = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600] as const;
/** Seconds an answer of the hub itself takes. */
const QUICK = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 60,
] as const;

const counter = (help: string, ...labels: readonly string[]): Family => ({
  kind: "counter",
  help,
  labels,
});
const gauge = (help: string, ...labels: readonly string[]): Family => ({
  kind: "gauge",
  help,
  labels,
});
const histogram = (
  help: string,
  bounds: readonly number[],
  ...labels: readonly string[]
): Family => ({ kind: "histogram", help, labels, bounds });

/** The hub's metrics, by the name they are scraped under. */
export const CATALOGUE: ReadonlyMap<string, Family> = new Map(
  Object.entries({
    messages_sent_total: counter("Messages by who sent them.", "agent"),
    messages_received_total: counter(
      "Messages by whom they were for.",
      "agent",
    ),
    tasks_total: counter(
      "Tasks that ended, by agent and end.",
      "agent",
      "state",
    ),
    task_duration_seconds: histogram(
      "From a task's submission to its end.",
      WORK,
      "agent",
    ),
    task_response_seconds: histogram(
      "From a task's submission to the first word of its agent.",
      WORK,
      "agent",
    ),
    request_duration_seconds: histogram(
      "From an A2A request's arrival to its answer, or to the start of its stream.",
      QUICK,
      "method",
      "outcome",
    ),
    agents: gauge("Agents that sit at the table, by role.", "role"),
    agents_active: gauge("Agents that work on a task now."),
    agent_tasks: gauge("Tasks an agent works on now.", "agent"),
    agent_busy_seconds_total: counter(
      "Time an agent had at least one task; its rate is the utilisation.",
      "agent",
    ),
    agent_utilisation_ratio: gauge(
      "Share of its time at this table an agent worked, 0 to 1.",
      "agent",
    ),
    agent_waiting_tasks: gauge("Tasks that wait for an agent.", "agent"),
    agents_unhealthy: gauge("Agents that are not well now."),
    circuits_open: gauge("Agents that work is kept away from after failures."),
    agents_unhealthy_total: counter("Agents found unhealthy.", "agent"),
    tasks_reassigned_total: counter("Tasks another agent took over."),
    missions: gauge("All missions of the log, by how they stand.", "status"),
    mission_success_ratio: gauge(
      "Missions that ended merged, accepted, answered or on a branch, among all of the log that ended.",
    ),
    missions_ended_total: counter(
      "Missions that ended, by outcome.",
      "outcome",
    ),
    decisions_total: counter(
      "Decisions, by outcome and whether they were made before their deadline.",
      "subject",
      "outcome",
      "in_time",
    ),
    decision_duration_seconds: histogram(
      "From a decision's first round to its outcome.",
      WORK,
      "subject",
    ),
    escalations_total: counter("Decisions that went to the human.", "subject"),
    ballots_total: counter(
      "Ballots that count, by verdict.",
      "agent",
      "verdict",
    ),
    trust_score: gauge(
      "Trust as learned from outcomes; none until some was learned.",
      "lineage",
      "role",
    ),
    model_calls_total: counter(
      "Model calls that were settled.",
      "agent",
      "provider",
      "stop",
    ),
    model_call_duration_seconds: histogram(
      "From a call's reservation to its settling.",
      WORK,
      "provider",
    ),
    model_tokens_total: counter("Tokens.", "agent", "provider", "direction"),
    model_cost_usd_total: counter(
      "What models cost, US$.",
      "agent",
      "provider",
    ),
    tool_calls_total: counter("Tool calls that returned.", "tool", "ok"),
    tool_duration_seconds: histogram("Time in tools.", QUICK, "tool"),
    tool_denials_total: counter("Tool calls the gate did not let through."),
    permissions_asked_total: counter(
      "Questions to the human, by what for.",
      "what",
    ),
    sessions: gauge("Open channels, in memory and over sockets."),
    gate_refusals_total: counter("Requests the gate refused, by why.", "why"),
    log_append_seconds: histogram(
      "One commit of the log, fsync included.",
      QUICK,
    ),
    log_events_total: counter("Events stored."),
    log_head: gauge("Place of the last event of the whole log."),
    log_epoch: gauge("Epoch of this writer."),
    log_size_bytes: gauge("The log's files, the write-ahead log included."),
    queue_depth: gauge("Durable envelopes a mailbox holds.", "mailbox"),
    queued_bytes: gauge("Bytes of all durable envelopes that wait."),
    peers: gauge("Teammates' hubs by how they stand.", "state"),
    peer_envelopes_waiting: gauge(
      "Envelopes that wait for a teammate's hub.",
      "peer",
    ),
    peer_envelopes_total: counter(
      "Envelopes between hubs by what became of them: in, out, refused.",
      "fate",
    ),
    in_flight: gauge("Durable envelopes handed over and not acknowledged."),
    dead_letters: gauge("Dead letters that are kept now."),
    envelopes_total: counter(
      "Envelopes, live and durable, by what became of them: received, delivered (once a reader), stored, refused, dropped, expired, unanswered.",
      "fate",
    ),
    letters_total: counter(
      "Durable envelopes by what became of them: accepted, acknowledged, redelivered, expired, died, and so on.",
      "fate",
    ),
    mailbox_commits_total: counter("Commits of the mailboxes, each one fsync."),
    push_total: counter("Push notifications, by outcome.", "outcome"),
    event_loop_delay_seconds: gauge(
      "Delay of the event loop since the hub listens.",
      "quantile",
    ),
    process_cpu_seconds_total: counter(
      "Processor time of this process, which in the editor is the extension host.",
    ),
    process_resident_memory_bytes: gauge("Resident memory of this process."),
    process_heap_bytes: gauge("JavaScript heap in use."),
    process_open_handles: gauge("Resources that keep the event loop alive."),
    process_start_time_seconds: gauge(
      "When this process began, seconds since 1970.",
    ),
    build_info: gauge("Always 1.", "version"),
  } satisfies Record<string, Family>).map(([name, family]) => [
    `roundtable_${name}`,
    family,
  ]),
);
