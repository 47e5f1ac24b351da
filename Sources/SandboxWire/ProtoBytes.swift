import Crypto

/// Bytes in proto JSON: either alphabet of base64, with or without padding.
///
/// gcloud returns the etag that it read in the URL alphabet, padded.
package enum ProtoBytes {
  /// Nil if the text is not base64.
  package static func decode(_ text: String) -> [UInt8]? {
    var plain = text[...]
    while plain.last == "=" { plain.removeLast() }
    guard text.utf8.count - plain.utf8.count <= 2 else { return nil }
    let url = plain.map { character -> Character in
      switch character {
      case "+": "-"
      case "/": "_"
      default: character
      }
    }
    return Base64.urlDecode(String(url))
  }
}
