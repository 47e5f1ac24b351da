#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// EVP_RSA_gen: a macro over a variadic function.
static inline EVP_PKEY *shim_rsa_generate(unsigned int bits) { return EVP_RSA_gen(bits); }

/// EVP_EC_gen: a macro over a variadic function.
static inline EVP_PKEY *shim_ec_generate(void) { return EVP_EC_gen("P-256"); }

/// Whether an entry of the error queue says that memory ran out: ERR_R_MALLOC_FAILURE, a macro of casts.
static inline int shim_is_out_of_memory(unsigned long code) {
  return ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
}

/// ERR_R_MALLOC_FAILURE.
static inline int shim_out_of_memory(void) { return ERR_R_MALLOC_FAILURE; }

/// Adds an entry to the error queue, as OpenSSL does itself.
static inline void shim_raise(int library, int reason) { ERR_raise(library, reason); }

/// BIO_get_mem_data: a macro over BIO_ctrl. The pointer belongs to the BIO.
static inline long shim_bio_contents(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

/// A pass-phrase callback that refuses, so that an encrypted key never asks on the terminal.
static inline int shim_no_passphrase(char *buffer, int size, int writing, void *context) {
  (void)buffer; (void)size; (void)writing; (void)context;
  return -1;
}

/// An extension of `certificate` with a value in the form of OpenSSL's configuration files; NULL if OpenSSL refuses it.
/// The caller frees it. X509V3_set_ctx_nodb is a macro.
static inline X509_EXTENSION *shim_extension(X509 *certificate, X509 *issuer, int kind,
                                             const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  return X509V3_EXT_conf_nid(NULL, &context, kind, value);
}
