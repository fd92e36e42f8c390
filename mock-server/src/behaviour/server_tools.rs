//! Tools that the service itself runs, requested and answered in one reply.
//!
//! A request that offers one gets it called before the answer's text, whatever the user says: nothing else
//! would produce its blocks. Shapes as recorded for Nova 2.

use serde_json::json;

use super::turn::{Block, Cited, Conversation, Role, ServerResult, ToolUse};

/// Returns a request and an answer for each offered system tool.
pub fn run(conversation: &Conversation, seed: u64) -> Vec<Block> {
    let asked = conversation
        .turns
        .iter()
        .rev()
        .find(|t| t.role == Role::User);
    let query = asked
        .and_then(|turn| {
            turn.blocks.iter().find_map(|b| match b {
                Block::Text(text) => Some(text.trim().chars().take(80).collect::<String>()),
                _ => None,
            })
        })
        .unwrap_or_default();
    let mut blocks = Vec::new();
    for (n, name) in conversation.system_tools.iter().enumerate() {
        let seed = (seed ^ 0x7379_7374).wrapping_add(n as u64);
        let (input, content, cites) = match name.as_str() {
            "nova_code_interpreter" => (
                json!({ "snippet": "print(6 * 7)" }),
                vec![
                    json!({ "json": { "exitCode": 0, "isError": false, "stdErr": "", "stdOut": "42\n" } }),
                ],
                false,
            ),
            _ => (json!({ "query": query }), Vec::new(), true),
        };
        blocks.push(Block::ToolUse(ToolUse {
            seed,
            name: name.clone(),
            input,
            server: true,
            ..ToolUse::default()
        }));
        blocks.push(Block::ServerResult(ServerResult {
            seed,
            id: None,
            kind: Some(format!("{name}_result")),
            status: Some("success".into()),
            content,
        }));
        if cites {
            let web = json!({ "web": { "domain": "example.com", "url": "https://example.com/" } });
            blocks.push(Block::Cited(Cited {
                text: None,
                citations: vec![json!({ "location": web })],
            }));
        }
    }
    blocks
}
