/// A key made with `openssl genpkey` for these tests only.
let knownKey = """
  -----BEGIN PRIVATE KEY-----
  MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALd2oYuNdPP+B0Pw
  S26vh0hrwWqnOSipizg1r5oYF6o6+y2ISAbQbb6EhDdapJOGNouCwSV/8aX7faTW
  Ync1SF+HzM5uiK9XiVWT5a1GLy8ABST8hCw/w9KZk5Hl0c/Mg7RxXGNNG9SvK8fj
  1RNzIsxTl0L04aL16DxLTyUa+EQRAgMBAAECgYAQ/3TIMTr8wDR8Hu9eOfUWyKUK
  9KNfGRZFBvRWGpVWuFA9T7scpoMEe9KkLknBQVYcZujuSIRjFIH3m8VTtiQWTZ4l
  IsvNKeOW5L0eljiMu0AVxy8t8k9YwQNbtE3sAMtZKP8zfiVcLbqqjMuqlSe9BPSh
  oDaLzaAIQhbZ8e3+AQJBANju8uPghV2SyD/WeKgl7vROt8l0TsQ+xUuNHo/Eq5DA
  tuzlcWg0IQ3ZX3agnzMgVq5OrH6T3H/SaUNeXy6UqQkCQQDYgKaMTcXmXmczgsEf
  7Xff/+lZ+mZbl3k4mlH1hN11IKxiuIa/xIakEaMjE8N6QyBzogc/p/+fvzsptOdI
  IizJAkAe/TNxXhdvIJK+m9Ksoo6aE8ypWJYP7q+cdVJSU1P237DB8pzat+eo5M6A
  Ub2sPghj6hU2F8U99T7YQtjx/IaRAkAuzeEzg7y8yLvWzvWhSV0Y9+IiqZdnRZ/X
  NMVzJn4ZzC54SRwYaQwSfB2gf61KyShC10xp3o/MoTLRGWLGnVzBAkEAvmW4bpDr
  7rkwXIi1kqZ6LtTwZlq5o7vT122WXYI3l4WIqolCb1aadCKAqkhaJiHgk2+hTPBG
  2s5/u3psiDlcvA==
  -----END PRIVATE KEY-----

  """

/// The signature of `abc` by `openssl dgst -sha256 -sign` with `knownKey`.
let knownSignature =
  "83d582628b17cfb660da9d2ca49303f0f5223ec4b7b7691cc05cc3ae662979b5"
  + "29183f233f2537fb0eaf4b671f77ed933c6098f6ac50b737e5fb0f3a97651b1f"
  + "732f14eb3b8d99adbb0c3cea71476eea7e4559eb8d6a1d6d990274fccc0e152d"
  + "3258ccbc2ed8318498c4ab8d621f054630ccde33d2b74033c7b88d04b1d8cea6"

/// SHA-256 of the output of `openssl pkey -pubout -outform DER` for `knownKey`.
let knownFingerprint = "667b7db4020631a94a5ed303ee565bae0e2241d6d88873492945dd82395d9a57"

/// An elliptic-curve key, which is refused.
let ecKey = """
  -----BEGIN PRIVATE KEY-----
  MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5bCMycJ9UUQko9jW
  mMTz9FHR2Im29sIFun2tXhsPzvmhRANCAAR2iFdc9Q4FVwPX4Vvg0ZRFfJnjVE0u
  Fc16s2jMfOE1xMWvB4jdNkyXCuRL0fFE4xvPWF4LLF3YyTwy3uRXwuZw
  -----END PRIVATE KEY-----

  """
