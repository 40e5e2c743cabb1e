/** Why a broker could not be reached, in words that say what to do. */

/** Says what to do about the errors whose own text does not. */
export function explainConnectionError(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there (connection refused)';
    case 'ENOTFOUND':
      return 'the host is not known (no such name)';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `its certificate is not from an authority that is trusted: give that authority as \`ca\` (${code})`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `its certificate is for another host: ${error.message}`;
    default:
      return error.message === '' ? code || error.name : error.message;
  }
}
