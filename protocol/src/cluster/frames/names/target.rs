/// What a call is for: a method of one version of a service's contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target<'a> {
    /// The service's name.
    pub service: &'a str,
    /// The version of its contract that the caller was compiled with.
    pub version: &'a str,
    /// The method's name.
    pub method: &'a str,
}
