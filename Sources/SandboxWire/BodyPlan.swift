/// How to handle the body of a request, decided when its headers are complete.
package enum BodyPlan {
  /// Collect it in memory, up to a limit, and answer the request as a whole.
  case collect
  /// Pass it to a receiver in pieces.
  case stream(any BodyReceiver)
  /// Discard it, and send this answer.
  case refuse(WireResponse)
}

/// Receives a body in pieces and returns the answer at its end.
///
/// Used by one thread at a time. Released without a call of `finish` if the client disconnects.
package protocol BodyReceiver: AnyObject {
  /// Takes the next piece, which is valid during the call only.
  func receive(_ bytes: UnsafeRawBufferPointer)
  /// Called once; may block.
  func finish() -> WireResponse
}
