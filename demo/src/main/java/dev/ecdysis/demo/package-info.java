/// `ecdysis demo`: the http example is upgraded again and again under load, and then stopped and started for
/// contrast.
///
/// [DemoCommand] reads the options, [Demo] runs both ways, [Ledger], [JsonReport] and [HtmlReport] tell how
/// it went.
@NullMarked
package dev.ecdysis.demo;

import org.jspecify.annotations.NullMarked;
