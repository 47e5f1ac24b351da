#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/// EVP_RSA_gen: a macro over a variadic function.
static inline EVP_PKEY *shim_rsa_generate(unsigned int bits) { return EVP_RSA_gen(bits); }

/// BIO_get_mem_data: a macro over BIO_ctrl. The pointer belongs to the BIO.
static inline long shim_bio_contents(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

/// A pass-phrase callback that refuses, so that an encrypted key never asks on the terminal.
static inline int shim_no_passphrase(char *buffer, int size, int writing, void *context) {
  (void)buffer; (void)size; (void)writing; (void)context;
  return -1;
}
