/// The version of both programs, `arctl` and `arctl-sandbox`.
package let arctlVersion = "0.1.0"
