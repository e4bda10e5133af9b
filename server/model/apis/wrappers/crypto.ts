import { objectOf, type Wrapper } from "./wrapper.ts";

/** A request and the context of a usual algorithm behind it. */
const REQUEST = objectOf(256);
const note =
  "The size is that of the request and of what the algorithm keeps behind it; a few hundred bytes are taken.";

/** Requests of the crypto API. */
export const crypto: readonly Wrapper[] = [
  {
    name: "skcipher_request_alloc",
    signature: "struct skcipher_request *skcipher_request_alloc(struct crypto_skcipher *tfm, gfp_t gfp)",
    calls: "kmalloc",
    size: REQUEST,
    mask: "parameter",
    note,
    evidence: "include/crypto/skcipher.h:skcipher_request_alloc",
  },
  {
    name: "aead_request_alloc",
    signature: "struct aead_request *aead_request_alloc(struct crypto_aead *tfm, gfp_t gfp)",
    calls: "kmalloc",
    size: REQUEST,
    mask: "parameter",
    note,
    evidence: "include/crypto/aead.h:aead_request_alloc",
  },
  {
    name: "ahash_request_alloc",
    signature: "struct ahash_request *ahash_request_alloc(struct crypto_ahash *tfm, gfp_t gfp)",
    calls: "kmalloc",
    size: REQUEST,
    mask: "parameter",
    note,
    evidence: "include/crypto/hash.h:ahash_request_alloc",
  },
  {
    name: "akcipher_request_alloc",
    signature: "struct akcipher_request *akcipher_request_alloc(struct crypto_akcipher *tfm, gfp_t gfp)",
    calls: "kmalloc",
    size: REQUEST,
    mask: "parameter",
    note,
    evidence: "include/crypto/akcipher.h:akcipher_request_alloc",
  },
  {
    name: "kpp_request_alloc",
    signature: "struct kpp_request *kpp_request_alloc(struct crypto_kpp *tfm, gfp_t gfp)",
    calls: "kmalloc",
    size: REQUEST,
    mask: "parameter",
    note,
    evidence: "include/crypto/kpp.h:kpp_request_alloc",
  },
];
