import { Session } from 'node:inspector';
import type { Worker } from 'node:worker_threads';

/** Milliseconds that a thread has to say where it is. */
const PATIENCE = 2000;

interface CallFrame {
  functionName: string;
  location: { scriptId: string };
}

/**
 * Finds out where a thread is that does not come back to its event loop. It goes on afterwards.
 *
 * @returns the functions of WebAssembly that it is in, innermost first; empty when it does not say. Names are those of the module,
 *   or `func12`
 */
export async function stackOfWorker(worker: Worker): Promise<string[]> {
  const session = new Session();
  session.connect();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string[]>((resolve) => {
      timer = setTimeout(() => resolve([]), PATIENCE);
      look(session, worker.threadId, resolve);
    });
  } finally {
    clearTimeout(timer);
    session.disconnect();
  }
}

/** Halts a thread by the protocol of Chrome's inspector, which interrupts loops too, and lets it go on. */
function look(session: Session, threadId: number, seen: (functions: string[]) => void): void {
  const modules = new Set<string>();
  let functions: string[] = [];
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    // Its id counts the threads that are there; the number of the thread stands in its title, `[worker 2]`.
    if (!new RegExp(`\\b${threadId}\\b`).test(workerInfo.title)) return;
    const send = (id: number, method: string) =>
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method }) });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      if (params.sessionId !== sessionId) return;
      const { id, method, params: found } = JSON.parse(params.message);
      if (method === 'Debugger.scriptParsed' && found.scriptLanguage === 'WebAssembly') modules.add(found.scriptId);
      if (method === 'Debugger.paused') {
        functions = functionsOf(found.callFrames, modules);
        send(DISABLE, 'Debugger.disable');
      }
      // Only a thread that is debugged no more can be ended.
      if (id === DISABLE) seen(functions);
    });
    send(ENABLE, 'Debugger.enable');
    send(PAUSE, 'Debugger.pause');
  });
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
}

/** Numbers of the requests. */
const ENABLE = 1;
const PAUSE = 2;
const DISABLE = 3;

function functionsOf(frames: readonly CallFrame[], modules: ReadonlySet<string>): string[] {
  return frames
    .filter(({ location }) => modules.has(location.scriptId))
    .map(({ functionName }) => functionName.replace(/^\$/, ''));
}
