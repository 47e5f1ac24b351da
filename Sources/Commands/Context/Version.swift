/// The version of this program.
let arctlVersion = "0.1.0"
