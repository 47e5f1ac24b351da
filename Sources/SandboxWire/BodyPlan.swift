/// What is to be done with the body of a request, decided when its headers are there.
package enum BodyPlan {
  /// It is kept in memory up to a bound, and answered as a whole.
  case collect
  /// It goes to a receiver piece by piece.
  case stream(any BodyReceiver)
  /// It is not wanted.
  case refuse(WireResponse)
}

/// What takes a body piece by piece and gives the answer at its end.
///
/// Used by one thread at a time; dropped without `finish` when the client goes away.
package protocol BodyReceiver: AnyObject {
  func receive(_ bytes: UnsafeRawBufferPointer)
  /// Called once; may block.
  func finish() -> WireResponse
}
