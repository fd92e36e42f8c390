//! aws-sdk-bedrockruntime in its defaults.

use std::error::Error;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::error::DisplayErrorContext;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput, Message,
};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(error) = run().await {
        eprintln!("{}", DisplayErrorContext(&*error));
        std::process::exit(1);
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let bedrock = Client::new(&aws_config::load_from_env().await);
    let model = std::env::var("MODEL")?;
    let ask = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("Tell me a story".into()))
        .build()?;

    let whole = bedrock.converse().model_id(&model).messages(ask.clone());
    let whole = whole.send().await?;
    let message = whole.output().and_then(|output| output.as_message().ok());
    let block = message.and_then(|message| message.content().first());
    let text = block.and_then(|block| block.as_text().ok());
    println!("{}", text.ok_or("no text")?);

    let stream = bedrock.converse_stream().model_id(&model).messages(ask);
    let mut stream = stream.send().await?.stream;
    let mut story = String::new();
    while let Some(event) = stream.recv().await? {
        if let ConverseStreamOutput::ContentBlockDelta(delta) = event
            && let Some(ContentBlockDelta::Text(text)) = delta.delta()
        {
            story.push_str(text);
        }
    }
    println!("{story}");
    Ok(())
}
