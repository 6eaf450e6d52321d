// A walker as its stages know it.

// Where it is.
var<private> x: Vector;
// Where it was before its last update, if a measure needs that.
var<private> before: Vector;
// The stochastic gradient of its last update.
var<private> noisy: Vector;
var<private> walker: u32;
var<private> cell: u32;
var<private> key: vec2<u32>;
