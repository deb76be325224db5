#[test]
fn tokens_tmp() {
    let bpe = tiktoken_rs::o200k_base().unwrap();
    let mut total = 0;
    for entry in make_credentials_mcp::tools::ALL.iter() {
        let text = format!(
            "{}{}{}",
            entry.spec.name,
            entry.spec.description,
            serde_json::to_string(&entry.schemas().input).unwrap()
        );
        let n = bpe.encode_ordinary(&text).len();
        if entry.spec.toolset.is_default() {
            total += n;
        }
        println!("{n:5} {}", entry.spec.name);
        if entry.spec.name.contains("credential_requests") {
            println!("{}", serde_json::to_string(&entry.schemas().input).unwrap());
        }
        if entry.spec.name.ends_with("extend_connection") || entry.spec.name.ends_with("s_get") {
            println!(
                "OUT {}",
                serde_json::to_string(&entry.schemas().output).unwrap()
            );
        }
    }
    println!("total {total}");
}
