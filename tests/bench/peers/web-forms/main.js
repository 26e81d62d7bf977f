// SPDX-License-Identifier: GPL-3.0-or-later
// The twenty questions in a browser, by ODK's own web forms; tells the server when the first question can be seen.
import { createApp, h } from 'vue';
import { OdkWebForm, webFormsPlugin } from '@getodk/web-forms';

const formXml = await (await fetch('form.xml')).text();
const missing = async () => new Response('', { status: 404 });
createApp({ render: () => h(OdkWebForm, { formXml, fetchFormAttachment: missing }) }).use(webFormsPlugin).mount('#form');

function lookForQuestion() {
  const input = document.querySelector('#form input[type=text], #form input:not([type])');
  if (!input) {
    requestAnimationFrame(lookForQuestion);
    return;
  }
  input.focus();
  // The frame after the next one: what this one lays out is on the screen then.
  requestAnimationFrame(() => requestAnimationFrame(() => fetch('shown', { method: 'POST' })));
}
lookForQuestion();
