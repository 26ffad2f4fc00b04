import type { Task } from '../turns/work-queue.js';
import type { ConnectedClient } from './connected-client.js';

/**
 * Does what a packet asks for in as many turns as it takes, and then `finish`. The client's next packet waits until then; nothing
 * more is done when the connection is over before that. What the task throws ends the connection.
 */
export function inTurns(client: ConnectedClient, task: Task, finish: () => void): void {
  const { work } = client.context;
  if (!work.isSpent && task.run(work)) {
    finish();
    return;
  }
  const goOn = client.hold();
  work.add({
    run: (turn) => {
      if (client.isOver) return true;
      try {
        if (!task.run(turn)) return false;
      } catch (error) {
        goOn(() => {
          throw error;
        });
        return true;
      }
      goOn(finish);
      return true;
    },
  });
}
