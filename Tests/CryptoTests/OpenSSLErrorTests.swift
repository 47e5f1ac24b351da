import COpenSSL
import Testing

@testable import Crypto

@Suite struct OpenSSLErrorTests {
  @Test func outOfMemoryIsNotReportedAsABadKey() {
    // The entries that a failed allocation leaves: its own, and those that follow from it.
    ERR_clear_error()
    shim_raise(ERR_LIB_PEM, PEM_R_NO_START_LINE)
    shim_raise(ERR_LIB_CRYPTO, shim_out_of_memory())
    shim_raise(ERR_LIB_PEM, PEM_R_BAD_BASE64_DECODE)
    let error = CryptoError.openSSL("not a private key in PEM form")
    #expect(error.isOutOfMemory)
    #expect(error.message.hasSuffix("out of memory"))
    // The queue is empty, so the next error is not an out-of-memory error.
    #expect(!CryptoError.openSSL("x").isOutOfMemory)
  }

  @Test func otherReasonsAreReported() {
    ERR_clear_error()
    shim_raise(ERR_LIB_PEM, PEM_R_NO_START_LINE)
    let error = CryptoError.openSSL("not a private key in PEM form")
    #expect(!error.isOutOfMemory)
    #expect(error.message == "not a private key in PEM form: no start line")
  }
}
