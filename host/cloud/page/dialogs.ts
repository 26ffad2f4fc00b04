import { button, type Child, element } from './elements.js';

/** A question above the page, with Cancel. Resolves with whether it was answered by the other button; Escape cancels. */
function ask(question: string, yes: string, ...fields: Child[]): Promise<boolean> {
  const accept = element('button', { type: 'submit' }, yes);
  const dialog = element('dialog', { 'aria-label': question });
  const cancel = button('Cancel', () => dialog.close());
  const form = element(
    'form',
    {},
    element('p', {}, question),
    ...fields,
    element('div', { class: 'row' }, accept, cancel),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.close('yes');
  });
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    dialog.showModal();
    // What cannot be undone is not what Enter does at once.
    if (fields.length === 0) cancel.focus();
  });
}

export function confirmed(question: string, yes: string): Promise<boolean> {
  return ask(question, yes);
}

/** The text that was entered, or undefined. */
export async function entered(question: string, label: string, text: string): Promise<string | undefined> {
  const field = element('textarea', { 'aria-label': label, spellcheck: 'false' });
  field.value = text;
  return (await ask(question, 'Save', field)) ? field.value : undefined;
}
