import Crypto

/// One page of a sorted list: its size and its start.
package struct Page {
  /// How many items it has at most.
  package let size: Int
  /// The key of the last item of the page before; nil for the first page.
  package let after: String?

  /// - Parameters:
  ///   - standard: the size if the client requests none.
  ///   - maximum: larger sizes are reduced to this one, as Google does.
  package init(_ query: Query, standard: Int, maximum: Int) throws(APIError) {
    var size = standard
    if let text = query["pageSize"], !text.isEmpty {
      guard let number = Int(text) else {
        throw .badField("page_size", "Invalid value at 'page_size' (TYPE_INT32), \"\(text)\"")
      }
      guard number >= 0 else { throw .badField("page_size", "page_size must not be negative.") }
      if number > 0 { size = min(number, maximum) }
    }
    self.size = size
    guard let token = query["pageToken"], !token.isEmpty else {
      after = nil
      return
    }
    guard let bytes = Base64.urlDecode(token), bytes.count > 2, bytes[0] == 0x70, bytes[1] == 0x3A
    else { throw .badField("page_token", "The page token is not valid.") }
    after = String(decoding: bytes.dropFirst(2), as: UTF8.self)
  }

  /// The items of this page and the token of the next one. `key` must be unique and define the order of the list.
  ///
  /// - Parameter items: all of the list, or those after `after`, of which one more than the page has is enough.
  package func cut<Item>(_ items: [Item], key: (Item) -> String) -> (items: [Item], next: String?) {
    var rest = items[...]
    if let after {
      if let index = items.firstIndex(where: { key($0) == after }) {
        rest = items[(index + 1)...]
      } else {
        // The row that the token names is gone: continue after its position.
        rest = rest.drop { key($0) <= after }
      }
    }
    let page = Array(rest.prefix(size))
    guard rest.count > size, let last = page.last else { return (page, nil) }
    return (page, Base64.urlEncode(Array("p:\(key(last))".utf8)))
  }
}
